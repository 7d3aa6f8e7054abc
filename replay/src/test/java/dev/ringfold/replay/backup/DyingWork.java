// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.JvmFlags;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.backup.Backup.Form;
import dev.ringfold.replay.salvage.Salvage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that backs up, rotates, restores or salvages until it dies at a fault point. */
public final class DyingWork {
  private static final long TIMEOUT_SECONDS = 60;

  private DyingWork() {}

  /** What to do, and the paths it is about. */
  public static void main(String[] arguments) {
    Path from = Path.of(arguments[1]);
    Path to = Path.of(arguments[2]);
    switch (arguments[0]) {
      case "full" -> Backups.open(to).full(from, Form.valueOf(arguments[3]));
      case "incremental" -> Backups.open(to).incremental(from, Form.valueOf(arguments[3]));
      case "rotate" -> Backups.open(to).keepLast(1, false);
      case "verify" -> Backups.open(to).verify(Backups.NEWEST, false);
      case "restore" -> Backups.open(from).restore(Backups.NEWEST, new Point.End(), to);
      default -> Salvage.salvage(from, to);
    }
  }

  /** Lets a process die at a point; it must come to it. */
  static void dieAt(String point, String what, Path from, Path to, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(JvmFlags.line().split(" ")));
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-D" + FaultPoint.PROPERTY + "=" + point);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(DyingWork.class.getName(), what, from.toString(), to.toString()));
    command.addAll(Arrays.asList(more));
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(child.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue())
          .as("%s dies at %s: %s", what, point, said)
          .isEqualTo(FaultPoint.HALT_STATUS);
    } finally {
      child.destroyForcibly();
    }
  }

  /** The fault points of one kind, and others that it comes to. */
  static List<String> points(String prefix, String... others) {
    List<String> points =
        new ArrayList<>(
            FaultPoint.names().stream().filter(name -> name.startsWith(prefix)).toList());
    points.addAll(Arrays.asList(others));
    return points;
  }
}
