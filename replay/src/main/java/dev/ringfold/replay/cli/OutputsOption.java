// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where the tables of a store are. */
final class OutputsOption {
  @Option(
      names = "--outputs",
      paramLabel = "DIR",
      description = "Where the tables are; default: outputs in the store.")
  private @Nullable Path outputs;

  Path of(Path store) {
    return outputs == null ? store.resolve("outputs") : outputs.toAbsolutePath().normalize();
  }
}
