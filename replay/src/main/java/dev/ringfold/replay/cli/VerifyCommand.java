// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.VerifyReport;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code verify}. */
@Command(
    name = "verify",
    description = {
      "Checks every frame, the chain of checksums, indexes and manifest; changes nothing.",
      "Works on a store that is being written. Exit code 4 when something is damaged."
    })
final class VerifyCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--deep",
      description = "Compare the SHA-256 of sealed segments too: also the bytes between frames.")
  private boolean deep;

  @Override
  int run(Output output) {
    Path store = directory.toAbsolutePath().normalize();
    StoreSecurity.checkExisting(store);
    VerifyReport report = JournalVerifier.verify(store, deep);
    output.line(output.json() ? report.toJson() : report.toText().stripTrailing());
    return report.intact() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }
}
