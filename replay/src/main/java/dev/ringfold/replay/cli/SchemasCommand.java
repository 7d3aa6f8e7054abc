// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SchemaHistory;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code schemas}. */
@Command(
    name = "schemas",
    description = {
      "Every version of every event type that the store was opened with for writing, with the fields"
          + " it had and the first session that had it.",
      "Without --all only types of your own."
    })
final class SchemasCommand extends RingfoldCommand {
  private static final int CHECKSUM_CHARS = 16;
  private static final Listing<SchemaHistory.Applied> LISTING =
      new Listing<>(
          "schemas",
          List.of("type", "version", "session", "checksum", "name", "fields"),
          SchemasCommand::toJson,
          SchemasCommand::row);

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(names = "--all", description = "Ringfold's own types, too.")
  private boolean all;

  @Override
  int run(Output output) {
    Path store = directory.toAbsolutePath().normalize();
    StoreSecurity.checkExisting(store);
    ManifestFile.read(store);
    LISTING.print(
        output,
        SchemaHistory.read(store).stream()
            .filter(one -> all || one.schema().typeId() >= dev.ringfold.event.EventType.MIN_USER_ID)
            .toList());
    return ExitCodes.OK;
  }

  private static List<String> row(SchemaHistory.Applied one) {
    return List.of(
        Integer.toString(one.schema().typeId()),
        Integer.toString(one.schema().version()),
        Long.toString(one.session()),
        one.sha256().substring(0, CHECKSUM_CHARS),
        Quantities.printable(one.schema().name()),
        Quantities.printable(one.schema().fields()));
  }

  private static ObjectNode toJson(SchemaHistory.Applied one) {
    return Json.object()
        .put("type", one.schema().typeId())
        .put("version", one.schema().version())
        .put("session", one.session())
        .put("sha256", one.sha256())
        .put("name", one.schema().name())
        .put("fields", one.schema().fields());
  }
}
