// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLogReader;
import dev.ringfold.ForkReport;
import dev.ringfold.Forks;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.EventTypes;
import dev.ringfold.replay.Point;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code fork}. */
@Command(
    name = "fork",
    description = {
      "Makes a new store that begins with the events of DIR up to a point. Both share the files of"
          + " the past, so it takes no time and next to no disk space.",
      "DIR may be open for writing; what either of them appends or deletes from then on is its own."
    })
final class ForkCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--at",
      paramLabel = "POINT",
      required = true,
      description =
          "The last event of the fork: a sequence, end, a time such as 2026-11-20T10:15:30Z,"
              + " epoch:12, label:best, or checkpoint.")
  private String at = "";

  @Option(
      names = "--to",
      paramLabel = "NEW",
      required = true,
      description = "The fork's directory; must not exist.")
  private Path target = Path.of("");

  @Option(names = "--name", paramLabel = "TEXT", description = "What to call it; stat shows it.")
  private String name = "";

  @Override
  int run(Output output) {
    Point point = point();
    long sequence;
    Path store;
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      store = reader.directory();
      // A number needs no look at the end of the journal, which may be long.
      sequence = point instanceof Point.Sequence named ? named.number() : point.sequence(reader);
    }
    if (sequence < 0) {
      throw new RingfoldException("There is no event at or before " + at + " in " + store);
    }
    ForkReport report = fork(store, sequence);
    if (output.json()) {
      output.json(toJson(store, report));
    } else {
      print(output, store, report);
    }
    return ExitCodes.OK;
  }

  private Point point() {
    try {
      return Point.parse(at);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ForkReport fork(Path store, long sequence) {
    try {
      return Forks.fork(store, sequence, target, name);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static ObjectNode toJson(Path store, ForkReport report) {
    ObjectNode root = Json.object();
    root.put("parent", store.toString()).put("parentStoreId", report.parentStoreId());
    root.put("store", report.store().toString()).put("storeId", report.storeId());
    root.put("sequence", report.sequence()).put("name", report.name());
    root.put("segments", report.segments()).put("segmentsCopied", report.segmentsCopied());
    root.put("bytesShared", report.bytesShared()).put("bytesCopied", report.bytesCopied());
    return root.put("blobFiles", report.blobsLinked());
  }

  private static void print(Output output, Path store, ForkReport report) {
    output.line("forked " + store + " at sequence " + report.sequence() + " into");
    output.line("       " + report.store() + ", id " + report.storeId());
    output.line(
        "shares "
            + Quantities.bytes(report.bytesShared())
            + " in "
            + report.segments()
            + " segments and "
            + report.blobsLinked()
            + " files of blobs"
            + (report.bytesCopied() == 0
                ? "; nothing was copied"
                : "; "
                    + Quantities.bytes(report.bytesCopied())
                    + " could not be linked and were copied, as on another file system"));
  }
}
