// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.RingfoldException;
import dev.ringfold.replay.cli.ProgressBar;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link DemoChild} as its parent sees it. */
final class DemoProcess {
  /** Exit code of a process that died of SIGKILL. */
  private static final int KILLED = 128 + 9;

  private static final long TIMEOUT_SECONDS = 40;
  private static final int NATIVE_ACCESS_VERSION = 22;
  private static final int UNSAFE_OPTION_VERSION = 23;
  private static final int MAX_OUTPUT_LINES = 20;

  private DemoProcess() {}

  /**
   * Runs the child to its end.
   *
   * @throws RingfoldException when it ended in another way than by SIGKILL
   */
  static void runUntilKilled(Path store, long seed, ProgressBar progress) throws IOException {
    Process process = new ProcessBuilder(command(store, seed)).redirectErrorStream(true).start();
    // Reading its output ends when it dies; a child that hangs is ended here.
    CompletableFuture<Void> end =
        process
            .onExit()
            .completeOnTimeout(process, TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .thenAccept(Process::destroyForcibly);
    List<String> output = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        if (line.matches("\\w+ \\d+ \\d+")) {
          String[] parts = line.split(" ", -1);
          progress.show(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]));
        } else if (output.size() < MAX_OUTPUT_LINES) {
          output.add(line);
        }
        line = lines.readLine();
      }
    }
    end.join();
    int exitCode = process.onExit().join().exitValue();
    if (exitCode != KILLED) {
      throw new RingfoldException(
          "The training process should die of SIGKILL (exit code "
              + KILLED
              + ") but ended with "
              + exitCode
              + ": "
              + String.join("\n", output));
    }
  }

  private static List<String> command(Path store, long seed) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED"));
    command.addAll(List.of("--add-opens", "java.base/java.lang.reflect=ALL-UNNAMED"));
    int version = Runtime.version().feature();
    if (version >= NATIVE_ACCESS_VERSION) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    if (version >= UNSAFE_OPTION_VERSION) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(DemoChild.class.getName(), store.toString(), Long.toString(seed)));
    return command;
  }
}
