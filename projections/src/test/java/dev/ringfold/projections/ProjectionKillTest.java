// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that die while projections work: exactly once, nothing lost, equal to a rebuild. */
final class ProjectionKillTest {
  private static final int STEPS = 80;
  private static final int KILLS = 5;
  private static final long MAX_KILL_DELAY_MILLIS = 1_500;

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  @Test
  void aDeathAtEveryFaultPointOfProjectionsLosesAndRepeatsNothing() throws Exception {
    for (String point : FaultPoint.names()) {
      if (point.startsWith("projection.")) {
        boolean resets = point.equals("projection.reset.done");
        int code = awaitEnd(start(resets, "-D" + FaultPoint.PROPERTY + "=" + point + hit(point)));
        // A projection that never refreshes or commits twice comes to its points once.
        assertThat(code).as("%s: %s", point, output()).isEqualTo(FaultPoint.HALT_STATUS);
        verify("after death at " + point);
      }
    }
    verifyRebuild();
  }

  private static String hit(String point) {
    return point.startsWith("projection.commit.") ? ":5" : "";
  }

  @Test
  void killsAtAnyTimeLoseAndRepeatNothing() throws Exception {
    long seed = Long.getLong("ringfold.seed", 42L);
    SplittableRandom random = new SplittableRandom(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      java.lang.Process child = start(kill % 2 == 1);
      Logs.await("the child's store", () -> Files.exists(store().resolve("control/status")));
      long end =
          System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextLong(MAX_KILL_DELAY_MILLIS));
      while (System.nanoTime() < end && child.isAlive()) {
        LockSupport.parkNanos(1_000_000);
      }
      child.destroyForcibly();
      awaitEnd(child);
      verify("after kill " + kill + " of seed " + seed);
      Files.deleteIfExists(store().resolve("control/status"));
    }
    verifyRebuild();
  }

  private java.lang.Process start(boolean resets, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED"));
    command.addAll(List.of("--add-opens", "java.base/java.lang.reflect=ALL-UNNAMED"));
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(KillChild.class.getName());
    command.addAll(List.of(store().toString(), Integer.toString(STEPS), Boolean.toString(resets)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("output").toFile())
        .start();
  }

  private static int awaitEnd(java.lang.Process child) throws InterruptedException {
    assertThat(child.waitFor(Logs.PATIENCE.toSeconds() * 2, TimeUnit.SECONDS)).isTrue();
    return child.exitValue();
  }

  private String output() throws IOException {
    String all = Files.readString(directory.resolve("output"), StandardCharsets.UTF_8);
    return all.substring(Math.max(0, all.length() - 2_000));
  }

  private void verify(String when) throws IOException {
    SumProjection sum = new SumProjection(50);
    TreeSet<Long> steps;
    List<Long> answers;
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = KillChild.start(log, sum)) {
      // The doubler's answers come after what it answers.
      for (String name : List.of("doubler", "text", "sum")) {
        assertThat(runtime.awaitApplied(name, log.lastSequence(), Logs.PATIENCE)).as(when).isTrue();
      }
      steps = steps(log);
      Logs.await("the answers", () -> Doubler.answers(log).size() >= steps(log).size() * 2);
      answers = Doubler.answers(log);
      assertThat(sum.count()).as(when).isEqualTo(steps.size());
      Logs.await(
          "all rows",
          () -> rows().size() == steps.stream().filter(s -> s % KillChild.REFUSED != 0).count());
      assertThat(DeadLetters.list(log)).as(when).hasSize(steps.size() - rows().size());
    }
    assertThat(answers).as(when).doesNotHaveDuplicates().hasSize(steps.size() * 2);
    assertThat(rows()).as(when).doesNotHaveDuplicates().isSubsetOf(steps).isSorted();
  }

  private List<Long> rows() {
    try {
      return Outputs.steps(store().resolve("outputs"));
    } catch (IOException e) {
      return List.of(); // The open part was replaced meanwhile.
    }
  }

  private static TreeSet<Long> steps(EventLog log) {
    TreeSet<Long> steps = new TreeSet<>();
    try (var tailer = log.tailer().types(BuiltinTypes.METRICS_LOGGED.id()).open()) {
      while (tailer.poll(event -> steps.add(((MetricsLogged) tailer.decode(event)).step()), 1_000)
          > 0) {
        continue;
      }
    }
    return steps;
  }

  private void verifyRebuild() throws IOException {
    Path again = directory.resolve("again");
    Outputs.rebuild(store(), again, new TextProjection());
    assertThat(Outputs.parts(again))
        .isEqualTo(Outputs.parts(store().resolve("outputs")))
        .hasSizeGreaterThan(5);
  }
}
