// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs made again in the process that runs the projections. */
final class LiveRebuildTest {
  private static final FailurePolicy ASIDE =
      new FailurePolicy.RetryThenDeadLetter(0, Duration.ofNanos(1));

  /** While one rebuild runs: the parts of all of them fit the test projection's commit. */
  private static final long MOST_BESIDE = 40_000;

  @TempDir private Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private Path outputs() {
    return store().resolve("outputs");
  }

  private static void awaitAll(EventLog log, ProjectionRuntime runtime) {
    assertThat(runtime.awaitApplied("text", log.lastSequence(), Logs.PATIENCE)).isTrue();
  }

  private List<Long> steps() {
    try {
      return Outputs.steps(outputs());
    } catch (IOException replacedMeanwhile) {
      return List.of();
    }
  }

  private static List<Long> range(long to) {
    return LongStream.range(0, to).boxed().toList();
  }

  /** Waits at its first event until it is let go. */
  private static final class Held extends VersionedText {
    private final CountDownLatch gate;

    Held(CountDownLatch gate) {
      super(1);
      this.gate = gate;
    }

    @Override
    public void apply(EventView event) throws Exception {
      gate.await();
      super.apply(event);
    }
  }

  @Test
  void theLiveOneGoesOnUntilTheNewOneTakesItsPlace() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger made = new AtomicInteger();
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log)
                .add(() -> made.getAndIncrement() == 0 ? new VersionedText(1) : new Held(gate))
                .start()) {
      Logs.append(log, 0, 25);
      awaitAll(log, runtime);

      CompletableFuture<Void> rebuilt = runtime.rebuild("text");
      assertThatThrownBy(() -> runtime.rebuild("text")).hasMessageContaining("is being rebuilt");
      Logs.append(log, 25, 25);
      awaitAll(log, runtime);
      Logs.await("the live one", () -> steps().size() == 50);
      assertThat(rebuilt).isNotDone();
      assertThat(Files.isSymbolicLink(outputs().resolve("text"))).isFalse();

      gate.countDown();
      rebuilt.get(60, TimeUnit.SECONDS);
      assertThat(Files.isSymbolicLink(outputs().resolve("text"))).isTrue();
      Logs.append(log, 50, 7);
      awaitAll(log, runtime);
      Logs.await("all rows", () -> steps().equals(range(57)));
      assertThat(log.holds().find("rebuild-text")).isEmpty();
    }
  }

  @Test
  void manySwitchesWhileEventsComeLoseAndRepeatNothing() throws Exception {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(() -> new VersionedText(1, 100)).start()) {
      AtomicLong next = new AtomicLong();
      for (int i = 0; i < 4; i++) {
        CompletableFuture<Void> rebuilt = runtime.rebuild("text");
        long most = next.get() + MOST_BESIDE;
        while (!rebuilt.isDone() && next.get() < most) {
          Logs.append(log, next.getAndAdd(20), 20);
        }
        rebuilt.get();
      }
      awaitAll(log, runtime);
      Logs.await("all rows", () -> steps().equals(range(next.get())));
      assertThat(new OutputGenerations(outputs(), "text").numbers()).hasSizeGreaterThan(3);
    }
  }

  @Test
  void withoutASecondInstanceTheProjectionItselfMakesIt() throws Exception {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new VersionedText(1)).start()) {
      Logs.append(log, 0, 25);
      awaitAll(log, runtime);

      runtime.rebuild("text").get(60, TimeUnit.SECONDS);

      assertThat(Files.isSymbolicLink(outputs().resolve("text"))).isTrue();
      Logs.append(log, 25, 5);
      awaitAll(log, runtime);
      Logs.await("all rows", () -> steps().equals(range(30)));
    }
  }

  @Test
  void aNewVersionIsBuiltBesideTheOldOneAndPausedWhenRolledBack() throws Exception {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new VersionedText(1)).start()) {
      Logs.append(log, 0, 25);
      awaitAll(log, runtime);
    }
    CountDownLatch gate = new CountDownLatch(1);
    VersionedText second =
        new VersionedText(2) {
          @Override
          public void apply(EventView event) throws Exception {
            gate.await();
            super.apply(event);
          }
        };
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(second).start()) {
      Logs.await("the build", () -> Files.exists(outputs().resolve("_rebuild/text/text")));
      assertThat(VersionedText.versionAt(outputs())).isEqualTo(1);
      assertThat(steps()).contains(0L, 19L);
      gate.countDown();
      awaitAll(log, runtime);
      Logs.await("version 2", () -> versionIs(2));

      runtime.rollBack("text");

      assertThat(VersionedText.versionAt(outputs())).isEqualTo(1);
      Logs.await("the pause", () -> runtime.status("text").state() == ProjectionState.PAUSED);
    }
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new VersionedText(1)).start()) {
      runtime.resume("text");
      Logs.append(log, 25, 5);
      awaitAll(log, runtime);
      Logs.await("all rows", () -> steps().equals(range(30)));
      assertThat(VersionedText.versionAt(outputs())).isEqualTo(1);
    }
  }

  private boolean versionIs(int version) {
    try {
      return VersionedText.versionAt(outputs()) == version;
    } catch (IOException replaced) {
      return false;
    }
  }

  @Test
  void ordersComeFromAnotherProcessToo() throws Exception {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(() -> new VersionedText(1)).start()) {
      Logs.append(log, 0, 25);
      awaitAll(log, runtime);

      boolean done =
          ProjectionControl.sendLong(
              store(),
              ControlRequest.of(ControlRequest.Command.REBUILD, "text"),
              Duration.ofSeconds(30),
              () -> true);
      assertThat(done).isTrue();
      Path rebuilt = outputs().resolve("text").toRealPath();
      ProjectionControl.send(
          store(),
          ControlRequest.of(ControlRequest.Command.ROLLBACK, "text"),
          Duration.ofSeconds(30));
      assertThat(outputs().resolve("text").toRealPath()).isNotEqualTo(rebuilt);
      assertThatThrownBy(
              () ->
                  ProjectionControl.sendLong(
                      store(),
                      ControlRequest.of(ControlRequest.Command.REBUILD, "nobody"),
                      Duration.ofSeconds(30),
                      () -> true))
          .hasMessageContaining("There is no projection 'nobody'");
    }
    assertThat(
            ProjectionControl.sendLong(
                store(),
                ControlRequest.of(ControlRequest.Command.REBUILD, "text"),
                Duration.ofMillis(50),
                () -> true))
        .isFalse();
  }

  @Test
  void whatWasPutAsideStaysSo() throws Exception {
    Set<Long> refused = Set.of(3L, 17L);
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new PickyVersioned(refused), ASIDE).start()) {
      Logs.append(log, 0, 25);
      awaitAll(log, runtime);
      runtime.rebuild("text").get(60, TimeUnit.SECONDS);
      awaitAll(log, runtime);

      assertThat(runtime.status("text").deadLetters()).isEqualTo(2);
      Logs.await("all rows", () -> steps().size() == 23);
    }
  }

  private static final class PickyVersioned extends VersionedText {
    private final Set<Long> refused;

    PickyVersioned(Set<Long> refused) {
      super(1);
      this.refused = refused;
    }

    @Override
    public void apply(EventView event) throws Exception {
      long step =
          new dev.ringfold.event.MetricsView()
              .wrap(event.buffer(), event.payloadOffset(), event.payloadLength())
              .step();
      if (refused.contains(step)) {
        throw new IllegalStateException("refused");
      }
      super.apply(event);
    }
  }

  @Test
  void aRebuildThatFailsLeavesTheLiveOneAtWork() throws Exception {
    AtomicInteger made = new AtomicInteger();
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log)
                .add(
                    () ->
                        made.getAndIncrement() == 0
                            ? new VersionedText(1)
                            : new PickyVersioned(Set.of(5L)))
                .start()) {
      Logs.append(log, 0, 25);
      awaitAll(log, runtime);

      assertThatThrownBy(() -> runtime.rebuild("text").get(90, TimeUnit.SECONDS))
          .hasMessageContaining("refuses event");

      Logs.append(log, 25, 5);
      awaitAll(log, runtime);
      Logs.await("all rows", () -> steps().equals(range(30)));
    }
  }
}
