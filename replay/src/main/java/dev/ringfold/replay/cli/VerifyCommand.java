// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.Finding;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.replay.rebuild.RebuildCheck;
import dev.ringfold.replay.rebuild.StoreCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code verify}. */
@Command(
    name = "verify",
    description = {
      "Checks every frame, the chain of checksums, indexes, ledger and manifest; changes nothing.",
      "Works on a store that is being written. Exit code 4 when something is damaged."
    })
final class VerifyCommand extends RingfoldCommand {
  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NAME",
      description = "With --rebuild: only these projections.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--deep",
      description = "Compare the SHA-256 of sealed segments too: also the bytes between frames.")
  private boolean deep;

  @Option(
      names = "--quick",
      description = "Only manifest, lengths, newest frames and newest commits: milliseconds.")
  private boolean quick;

  @Option(
      names = "--full",
      description = "Everything: --deep, all blobs, and every file that projections made.")
  private boolean full;

  @Option(
      names = "--rebuild",
      description = "Then make all outputs again in a scratch directory and compare every file.")
  private boolean rebuild;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description = "Where --rebuild works; default: beside the outputs. Deleted afterwards.")
  private @Nullable Path scratch;

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Mixin private final LongWork work = new LongWork();

  @Override
  int run(Output output) throws Exception {
    if (!names.isEmpty() && !rebuild) {
      throw wrong("a NAME is for --rebuild; without it all of the store is verified");
    }
    if (quick && (full || deep)) {
      throw wrong("--quick and " + (full ? "--full" : "--deep") + " are opposites; choose one");
    }
    if (scratch != null && !rebuild) {
      throw wrong("--scratch is for --rebuild");
    }
    Path store = directory.toAbsolutePath().normalize();
    StoreSecurity.checkExisting(store);
    return work.run(this, output, watch -> verify(output, store, watch));
  }

  private int verify(Output output, Path store, LongWork.Watch watch) throws IOException {
    boolean good;
    boolean journalIntact;
    ObjectNode json = Json.object();
    if (quick || full) {
      Path where = outputs.of(store);
      StoreCheck.Report report =
          quick ? StoreCheck.quick(store, where) : StoreCheck.full(store, where, watch);
      watch.end();
      good = report.intact();
      journalIntact = report.journal().intact();
      if (output.json()) {
        json = toJson(report);
      } else {
        print(output, report);
      }
    } else {
      VerifyReport report = JournalVerifier.verify(store, deep, watch);
      watch.end();
      good = report.intact();
      journalIntact = good;
      if (output.json()) {
        json = Json.parse(report.toJson());
      } else {
        output.line(report.toText().stripTrailing());
      }
    }
    if (rebuild && journalIntact) {
      good &= compare(output, store, json, watch);
    } else if (rebuild) {
      note("no output was made again: the journal is damaged");
    }
    if (output.json()) {
      output.json(json.put("intact", good));
    }
    return good ? ExitCodes.OK : ExitCodes.DAMAGED;
  }

  /** Makes outputs again; whether they are the same. */
  private boolean compare(Output output, Path store, ObjectNode json, LongWork.Watch watch)
      throws IOException {
    List<RebuildCheck.Result> results =
        ScratchWork.compare(store, outputs.of(store), scratch, names, watch);
    watch.end();
    if (output.json()) {
      addTo(json, results);
    } else if (results.isEmpty()) {
      output.line("rebuild    no output to compare");
    } else {
      results.forEach(result -> print(output, result));
    }
    return results.stream().allMatch(RebuildCheck.Result::same);
  }

  private static void print(Output output, StoreCheck.Report report) {
    output.line(report.journal().toText().stripTrailing());
    if (report.blobs() >= 0) {
      output.line(
          "blobs      " + report.blobs() + ", " + Quantities.bytes(report.blobBytes()) + " read");
    }
    for (StoreCheck.Output each : report.outputs()) {
      output.line("output     " + each.projection() + ", up to " + each.sequence());
    }
    report.findings().forEach(finding -> output.line(finding.toText()));
    output.line(report.intact() ? "everything is intact" : "DAMAGED");
  }

  private static void print(Output output, RebuildCheck.Result result) {
    output.line(
        "rebuild    "
            + result.projection()
            + (result.note().isEmpty()
                ? " up to "
                    + result.sequence()
                    + ": "
                    + result.bytesCompared()
                    + " files compared by SHA-256, "
                    + result.contentCompared()
                    + " by content; "
                    + (result.same() ? "the same" : result.differences().size() + " differ")
                : ": nothing to compare, " + result.note()));
    for (RebuildCheck.Difference difference : result.differences()) {
      output.line(
          "ERROR "
              + result.projection()
              + " "
              + difference.file()
              + ": expected "
              + difference.expected()
              + ", found "
              + difference.found()
              + ". Rebuild it: ringfold rebuild");
    }
  }

  private static ObjectNode toJson(StoreCheck.Report report) {
    ObjectNode json = Json.parse(report.journal().toJson());
    if (report.blobs() >= 0) {
      json.put("blobs", report.blobs()).put("blobBytes", report.blobBytes());
    }
    ArrayNode looked = json.putArray("outputs");
    for (StoreCheck.Output each : report.outputs()) {
      looked.addObject().put("projection", each.projection()).put("sequence", each.sequence());
    }
    ArrayNode findings = json.withArray("findings");
    for (Finding finding : report.findings()) {
      findings
          .addObject()
          .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
          .put("file", finding.file().toString())
          .put("offset", finding.offset())
          .put("firstBadSequence", finding.firstBadSequence())
          .put("text", finding.text())
          .put("remedy", finding.remedy());
    }
    return json;
  }

  private static void addTo(ObjectNode json, List<RebuildCheck.Result> results) {
    ArrayNode all = json.putArray("rebuild");
    for (RebuildCheck.Result result : results) {
      ObjectNode node =
          all.addObject()
              .put("projection", result.projection())
              .put("sequence", result.sequence())
              .put("same", result.same())
              .put("filesByBytes", result.bytesCompared())
              .put("filesByContent", result.contentCompared())
              .put("hash", result.hash())
              .put("note", result.note());
      ArrayNode differences = node.putArray("differences");
      for (RebuildCheck.Difference difference : result.differences()) {
        differences
            .addObject()
            .put("file", difference.file())
            .put("expected", difference.expected())
            .put("found", difference.found());
      }
    }
  }
}
