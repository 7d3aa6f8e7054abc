// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Main class of the child JVMs of {@code bench replay}; {@link Worker} says how it is asked. */
final class ReplayWorker {
  static final Operations<ReplayKind> OPERATIONS =
      new Operations<>(
          Map.of(
              "rebuild",
              TableRebuilds::run,
              "at",
              PastViews::run,
              "fork",
              ForkTimes::run,
              Worker.FILL,
              ReadyTimes::fill,
              Worker.OPEN,
              ReadyTimes::open,
              "backup",
              BackupTimes::run,
              "verify",
              QuickChecks::run));

  private ReplayWorker() {}

  /** Arguments: the kind's label and the directory for its files. */
  public static void main(String[] arguments) throws IOException {
    ReplayKind kind = ReplayKind.of(arguments[0]);
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    Worker.serve(call -> OPERATIONS.run(kind, directory, call));
  }
}
