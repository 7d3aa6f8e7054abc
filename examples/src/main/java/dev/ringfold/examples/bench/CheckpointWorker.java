// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Main class of the child JVMs of {@code bench checkpoint}; {@link Worker} says how it is asked.
 */
final class CheckpointWorker {
  /** Does one call; the directory is empty and is deleted afterwards. */
  @FunctionalInterface
  private interface Measured {
    Figures run(CheckpointKind kind, Path directory, Call call) throws Exception;
  }

  private static final Map<String, Measured> OPERATIONS =
      Map.of(
          "capture",
          Captures::run,
          "copy",
          PlainCopies::run,
          "transfer",
          Transfers::run,
          "second",
          SecondSaves::run,
          "states",
          StateTransfers::run,
          "vector",
          PlainVectors::run,
          "compression",
          StateCompression::run,
          "training",
          SaveCost::run);

  private CheckpointWorker() {}

  /** Arguments: the kind's label and the directory for its files. */
  public static void main(String[] arguments) throws IOException {
    CheckpointKind kind = CheckpointKind.of(arguments[0]);
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    Worker.serve(call -> run(kind, directory, call));
  }

  /** Runs one call in a directory of its own, which is deleted afterwards. */
  static Figures run(CheckpointKind kind, Path directory, Call call) throws Exception {
    Measured operation = OPERATIONS.get(call.operation());
    if (operation == null) {
      throw new IllegalArgumentException("unknown operation " + call.operation());
    }
    Path round = Files.createDirectories(directory.resolve("round"));
    try {
      return operation.run(kind, round, call);
    } finally {
      Disk.deleteAndSettle(round);
    }
  }
}
