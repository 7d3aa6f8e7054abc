// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Main class of the child JVMs of {@code bench metrics}; {@link Worker} says how it is asked. */
final class MetricWorker {
  static final Operations<MetricKind> OPERATIONS =
      new Operations<>(
          Map.of(
              "write",
              FileWrites::run,
              "stream",
              EndToEnd::run,
              "open-part",
              OpenPart::run,
              "slow-disk",
              SlowDisk::run,
              "small-heap",
              SmallHeap::run,
              "visibility",
              Visibility::run,
              "training",
              TrainingCost::run));

  private MetricWorker() {}

  /** Arguments: the kind's label and the directory for its files. */
  public static void main(String[] arguments) throws IOException {
    MetricKind kind = MetricKind.of(arguments[0]);
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    Worker.serve(call -> OPERATIONS.run(kind, directory, call));
  }
}
