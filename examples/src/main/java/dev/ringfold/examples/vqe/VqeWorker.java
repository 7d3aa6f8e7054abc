// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.call.ProviderKind;
import java.nio.file.Path;

/** The process that is killed: runs to the end if nobody does. */
final class VqeWorker {
  private VqeWorker() {}

  /** Runs: store, directory of the quantum computer. */
  public static void main(String[] arguments) {
    JobClient client = new JobClient(Path.of(arguments[1]));
    try (VqeRun run =
        VqeRun.open(Path.of(arguments[0]), VqePlan.DEFAULT, client.provider(ProviderKind.LOOKUP))) {
      run.minimize();
    }
  }
}
