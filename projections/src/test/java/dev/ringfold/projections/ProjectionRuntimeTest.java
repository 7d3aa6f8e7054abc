// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.LogFailedException;
import dev.ringfold.Producer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.EventDeadLettered;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.RunClosed;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProjectionRuntimeTest {
  private static final FailurePolicy STOP = new FailurePolicy.RetryThenStop(1, Duration.ofNanos(1));
  private static final FailurePolicy ASIDE =
      new FailurePolicy.RetryThenDeadLetter(2, Duration.ofNanos(1));

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private Path outputs() {
    return store().resolve("outputs");
  }

  private static ProjectionRuntime start(EventLog log, Projection projection) {
    return ProjectionRuntime.builder(log).add(projection, ASIDE).start();
  }

  private static void awaitApplied(ProjectionRuntime runtime, long sequence) {
    assertThat(runtime.awaitApplied(TextProjection.NAME, sequence, Logs.PATIENCE)).isTrue();
  }

  private List<Long> steps() throws IOException {
    return TextProjection.read(outputs()).stream()
        .map(line -> Long.valueOf(line.split(" ")[1]))
        .toList();
  }

  private static List<Long> range(long to) {
    return LongStream.range(0, to).boxed().toList();
  }

  private static Map<String, String> parts(Path outputs) throws IOException {
    Map<String, String> parts = new TreeMap<>();
    for (Path part : TextProjection.files(outputs.resolve(TextProjection.NAME), "part-")) {
      parts.put(part.getFileName().toString(), Files.readString(part));
    }
    return parts;
  }

  @Test
  void everyEventIsAppliedOnceAndPartsAreCommitted() throws IOException {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new TextProjection())) {
      awaitApplied(runtime, Logs.append(log, 0, 25));
      Logs.await("a refresh", () -> Files.exists(outputs().resolve("text/open.txt")));

      ProjectionStatus status = runtime.status(TextProjection.NAME);
      assertThat(status.failure()).isEmpty();
      assertThat(status.committedSequence()).isLessThan(status.appliedSequence());
      assertThat(parts(outputs())).hasSize(2);
      Logs.await("all rows", () -> safeSteps().size() == 25);
      assertThat(steps()).isEqualTo(range(25));
    }
  }

  private List<Long> safeSteps() {
    try {
      return steps();
    } catch (IOException e) {
      return List.of(); // The open part was replaced meanwhile.
    }
  }

  @Test
  void aNewRuntimeGoesOnAtTheNewestCommitWithoutLossOrRepetition() throws IOException {
    for (int round = 0; round < 4; round++) {
      try (EventLog log = Logs.builder(store()).build();
          ProjectionRuntime runtime = start(log, new TextProjection())) {
        awaitApplied(runtime, Logs.append(log, round * 7L, 7));
      }
    }

    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new TextProjection())) {
      awaitApplied(runtime, log.lastSequence());
      Logs.await("a refresh", () -> safeSteps().size() == 28);
      assertThat(steps()).isEqualTo(range(28));
    }
  }

  @Test
  void aFoldOfTheSameJournalWritesTheSameParts() throws IOException {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new TextProjection())) {
      awaitApplied(runtime, Logs.append(log, 0, 57));
    }
    Path again = directory.resolve("again");

    try (EventLogReader reader = EventLogReader.open(store(), EventTypes.builtin())) {
      ProjectionRunner.Folded folded =
          ProjectionRunner.fold(
              reader, new TextProjection(), again, directory.resolve("snaps"), Long.MAX_VALUE);
      assertThat(folded.from()).isEqualTo(Position.START);
    }

    assertThat(parts(again)).isEqualTo(parts(outputs())).hasSize(5);
    assertThat(TextProjection.read(again)).hasSize(57);
  }

  @Test
  void aFoldEndsAtTheSequenceAskedFor() throws IOException {
    try (EventLog log = Logs.builder(store()).build()) {
      Logs.append(log, 0, 30);
    }
    try (EventLogReader reader = EventLogReader.open(store(), EventTypes.builtin())) {
      ProjectionRunner.Folded folded =
          ProjectionRunner.fold(
              reader, new TextProjection(), outputs(), directory.resolve("snaps"), 12);

      assertThat(folded.consumed()).isEqualTo(12);
      assertThat(TextProjection.read(outputs())).last().asString().startsWith("12 ");
      assertThatThrownBy(
              () ->
                  ProjectionRunner.fold(
                      reader, new TextProjection(), outputs(), directory.resolve("snaps"), 3))
          .isInstanceOf(ProjectionFailedException.class)
          .hasMessageContaining("above the asked for 3");
    }
  }

  @Test
  void aPoisonEventIsTriedAgainThenPutAsideAndTheNextOneIsTaken() throws IOException {
    Picky picky = new Picky(4L, 5L);
    List<EventDeadLettered> letters = new ArrayList<>();
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, picky)) {
      awaitApplied(runtime, Logs.append(log, 0, 30));
      Logs.await("the facts", () -> runtime.status(TextProjection.NAME).deadLetters() == 2);
      try (var tailer = log.tailer().types(BuiltinTypes.EVENT_DEAD_LETTERED.id()).open()) {
        tailer.poll(event -> letters.add((EventDeadLettered) tailer.decode(event)), 10);
      }
    }

    assertThat(picky.tries).hasValue(6);
    assertThat(letters).hasSize(2);
    assertThat(letters.get(0).attempts()).isEqualTo(3);
    assertThat(letters.get(0).error()).contains("step 4 is refused");
    assertThat(letters.get(0).stack()).contains("Picky.apply");
    Path again = directory.resolve("again");
    try (EventLogReader reader = EventLogReader.open(store(), EventTypes.builtin())) {
      // One that would take them now leaves them out as well.
      ProjectionRunner.fold(
          reader, new TextProjection(), again, directory.resolve("snaps"), Long.MAX_VALUE);
    }
    assertThat(parts(again)).isEqualTo(parts(outputs()));
    assertThat(steps()).doesNotContain(4L, 5L).contains(3L, 6L, 19L);
  }

  @Test
  void aProjectionThatStopsAtAnEventGoesOnWhenTheEventIsSkipped() throws IOException {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new Picky(15L), STOP).start()) {
      long last = Logs.append(log, 0, 30);
      Logs.await("the failure", () -> runtime.status().get(0).state() == ProjectionState.FAILED);
      ProjectionStatus status = runtime.status(TextProjection.NAME);
      assertThat(status.failure()).contains("cannot take event").contains("step 15 is refused");
      assertThatThrownBy(() -> runtime.awaitApplied(TextProjection.NAME, last, Logs.PATIENCE))
          .isInstanceOf(ProjectionFailedException.class);
      long poison = Long.parseLong(status.failure().replaceAll(".*skip sequence ", ""));
      assertThatThrownBy(() -> runtime.skip(TextProjection.NAME, 0, "no"))
          .isInstanceOf(ProjectionFailedException.class)
          .hasMessageContaining("already");

      runtime.skip(TextProjection.NAME, poison, "broken");
      runtime.resume(TextProjection.NAME);
      awaitApplied(runtime, last);
      Logs.append(log, 30, 1);
      assertThat(runtime.status().get(0).failure()).isEmpty();
    }
    assertThat(steps()).doesNotContain(15L).startsWith(0L, 1L, 2L).contains(14L, 16L);
  }

  @Test
  void aFailingOutputIsBegunAgainAndNeverPutsAnEventAside() throws IOException {
    AtomicInteger failing = new AtomicInteger(2);
    TextProjection projection =
        new TextProjection() {
          @Override
          public void commit(Position position) throws IOException {
            if (failing.getAndDecrement() > 0) {
              throw new IOException("disk is full");
            }
            super.commit(position);
          }
        };
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, projection)) {
      long last = Logs.append(log, 0, 40);
      awaitApplied(runtime, last);
      assertThat(runtime.status().get(0).deadLetters()).isZero();
      assertThat(runtime.status().get(0).committedSequence()).isPositive();

      failing.set(Integer.MAX_VALUE);
      Logs.append(log, 40, 20);
      Logs.await("the failure", () -> runtime.status().get(0).state() == ProjectionState.FAILED);
      assertThat(runtime.status().get(0).failure()).contains("disk is full");
      failing.set(0);
      runtime.resume(TextProjection.NAME);
      awaitApplied(runtime, log.lastSequence());
      Logs.await("all rows", () -> safeSteps().equals(range(60)));
    }
  }

  @Test
  void aPausedProjectionConsumesNothingUntilItIsResumed() {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new TextProjection())) {
      awaitApplied(runtime, Logs.append(log, 0, 10));
      runtime.pause(TextProjection.NAME);
      long last = Logs.append(log, 10, 10);

      assertThat(runtime.awaitApplied(TextProjection.NAME, last, Duration.ofMillis(50))).isFalse();
      assertThat(runtime.status().get(0).state()).isEqualTo(ProjectionState.PAUSED);
      assertThat(runtime.status().get(0).lagEvents()).isGreaterThanOrEqualTo(10);

      runtime.resume(TextProjection.NAME);
      awaitApplied(runtime, last);
    }
  }

  @Test
  void aResetMakesTheOutputAgainFromTheBegin() throws IOException {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new TextProjection())) {
      long last = Logs.append(log, 0, 45);
      awaitApplied(runtime, last);
      Map<String, String> before = parts(outputs());
      Files.writeString(outputs().resolve("text/part-garbage.txt"), "garbage");

      runtime.reset(TextProjection.NAME);
      awaitApplied(runtime, last);

      assertThat(parts(outputs())).isEqualTo(before);
    }
  }

  @Test
  void aCleanProjectionMovesItsPositionAtTheEndOfARun() {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new TextProjection());
        Producer producer = log.producer("closer")) {
      Logs.append(log, 0, 10);
      long closed =
          producer
              .appendAndAwait(log.stream("run"), new RunClosed(1), AckLevel.JOURNAL)
              .firstSequence();
      awaitApplied(runtime, closed);

      assertThat(runtime.status().get(0).committedSequence()).isEqualTo(closed);
      assertThat(log.holds().find("projection-text")).isPresent();
    }
    try (EventLog log = Logs.builder(store()).build()) {
      assertThat(log.holds().find("projection-text").orElseThrow().sequence()).isGreaterThan(10);
    }
  }

  @Test
  void nothingIsCommittedAboveTheDurableSequence() {
    AtomicReference<String> problem = new AtomicReference<>();
    AtomicReference<EventLog> open = new AtomicReference<>();
    TextProjection projection =
        new TextProjection() {
          @Override
          public void commit(Position position) throws IOException {
            check(position.sequence());
            super.commit(position);
          }

          private void check(long sequence) {
            if (open.get().durableSequence() < sequence) {
              problem.set("sequence " + sequence + " is not durable");
            }
          }
        };
    try (EventLog log = Logs.builder(store()).build()) {
      open.set(log);
      try (ProjectionRuntime runtime = start(log, projection)) {
        awaitApplied(runtime, Logs.append(log, 0, 200));
      }
    }
    assertThat(problem.get()).isNull();
  }

  @Test
  void closeIsBoundedAlsoWhenAProjectionHangs() {
    CountDownLatch hangs = new CountDownLatch(1);
    TextProjection projection =
        new TextProjection() {
          @Override
          public void apply(EventView event) throws Exception {
            hangs.countDown();
            new CountDownLatch(1).await();
          }
        };
    try (EventLog log = Logs.builder(store()).build()) {
      ProjectionRuntime runtime =
          ProjectionRuntime.builder(log)
              .add(projection)
              .closeTimeout(Duration.ofMillis(100))
              .start();
      Logs.append(log, 0, 1);
      Logs.await("the hang", () -> hangs.getCount() == 0);
      long begin = System.nanoTime();
      runtime.close();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void aFailedLogLeavesAFailedProjectionThatSaysWhy() {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new TextProjection())) {
      awaitApplied(runtime, Logs.append(log, 0, 3));
      FaultPoint.Hook hook =
          FaultPoint.install(
              point -> {
                if (point.equals("journal.force.before")) {
                  throw new java.io.UncheckedIOException(new IOException("the disk is gone"));
                }
              });
      try {
        assertThatThrownBy(() -> Logs.append(log, 3, 1_000_000))
            .isInstanceOf(LogFailedException.class);
        Logs.await("the failure", () -> runtime.status().get(0).state() == ProjectionState.FAILED);
      } finally {
        hook.close();
      }
      assertThat(runtime.status().get(0).failure()).contains("log has failed");
    }
  }

  @Test
  void aLogHasOneRuntimeAtATime() {
    try (EventLog log = Logs.builder(store()).build()) {
      try (ProjectionRuntime runtime = start(log, new TextProjection())) {
        assertThatThrownBy(() -> start(log, new SumProjection(1)))
            .isInstanceOf(ProjectionFailedException.class)
            .hasMessageContaining("Another runtime");
        awaitApplied(runtime, Logs.append(log, 0, 1));
      }
      try (ProjectionRuntime runtime = start(log, new TextProjection())) {
        awaitApplied(runtime, log.lastSequence());
      }
    }
  }

  @Test
  void namesThatCannotBeUsedAreRefused() {
    try (EventLog log = Logs.builder(store()).build()) {
      ProjectionRuntime.Builder builder = ProjectionRuntime.builder(log).add(new TextProjection());
      assertThatThrownBy(() -> builder.add(new TextProjection()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("two projections named 'text'");
      TextProjection unnamed =
          new TextProjection() {
            @Override
            public String name() {
              return "../x";
            }
          };
      assertThatThrownBy(() -> builder.add(unnamed))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'../x'");
    }
  }
}
