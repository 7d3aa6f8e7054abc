// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code stat}. */
@Command(
    name = "stat",
    description = {
      "Tells what a store holds, who writes it, its sizes and its loss ledger.",
      "Works on a store that is being written, and changes nothing."
    })
final class StatCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--ledger",
      description = "The loss ledger of all sessions: reads the whole journal.")
  private boolean ledger;

  @Option(names = "--segments", description = "List every segment.")
  private boolean segments;

  @Override
  int run(Output output) throws IOException {
    StoreStatus status = StoreStatus.read(directory, common().config(), ledger);
    if (output.json()) {
      output.json(StatReport.toJson(status));
    } else {
      StatReport.toText(status, segments).forEach(output::line);
    }
    return ExitCodes.OK;
  }
}
