// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What a number depends on besides the program: machine, system, Java, version, day. */
final class Env {
  private static final String UNKNOWN = "unknown";

  private Env() {}

  /** The lines printed beside the table. */
  static List<String> describe(String command, Path directory, Clock clock) throws IOException {
    String day =
        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
            clock.instant().atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS));
    return List.of(
        "command      " + command,
        "commit       " + commit(),
        "java         " + property("java.vm.name") + " " + property("java.vm.version"),
        "system       "
            + property("os.name")
            + " "
            + property("os.version")
            + " "
            + property("os.arch"),
        "cores        " + Runtime.getRuntime().availableProcessors(),
        "file system  " + Files.getFileStore(directory).type(),
        "date         " + day,
        "child flags  " + String.join(" ", ChildJvm.flags()));
  }

  /** The commit of the working directory, or {@code unknown}. */
  static String commit() {
    String head = run("git", "rev-parse", "HEAD");
    if (head.equals(UNKNOWN)) {
      return UNKNOWN;
    }
    String changes = run("git", "status", "--porcelain");
    return changes.isEmpty() ? head : head + " with local changes";
  }

  private static String property(String name) {
    return System.getProperty(name, UNKNOWN);
  }

  private static String run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? output : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN; // No git here: a released jar.
    } catch (InterruptedException e) {
      throw Waiting.interrupted(e);
    }
  }
}
