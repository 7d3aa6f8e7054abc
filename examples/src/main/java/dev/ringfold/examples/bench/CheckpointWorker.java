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
  static final Operations<CheckpointKind> OPERATIONS =
      new Operations<>(
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
              SaveCost::run));

  private CheckpointWorker() {}

  /** Arguments: the kind's label and the directory for its files. */
  public static void main(String[] arguments) throws IOException {
    CheckpointKind kind = CheckpointKind.of(arguments[0]);
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    Worker.serve(call -> OPERATIONS.run(kind, directory, call));
  }
}
