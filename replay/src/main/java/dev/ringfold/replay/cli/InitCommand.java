// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLog;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.ManifestFile;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code init}. */
@Command(
    name = "init",
    description = "Creates a store in a directory; one that is there already is left as it is.")
final class InitCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory; created when missing.")
  private Path directory = Path.of("");

  @Override
  int run(Output output) {
    Path store = directory.toAbsolutePath().normalize();
    boolean exists = ManifestFile.exists(store);
    String id;
    if (exists) {
      StoreSecurity.checkExisting(store);
      id = ManifestFile.read(store).storeId();
    } else {
      try (EventLog log = common().configure(EventLog.builder(store)).build()) {
        id = log.storeId();
      }
    }
    if (output.json()) {
      output.json(
          Json.object().put("store", store.toString()).put("storeId", id).put("created", !exists));
    } else {
      output.line((exists ? "store was there already: " : "created store ") + store);
      output.line("id " + id);
    }
    return ExitCodes.OK;
  }
}
