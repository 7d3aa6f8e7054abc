// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.RetentionRule;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeadLettersTest {
  private static final FailurePolicy ASIDE =
      new FailurePolicy.RetryThenDeadLetter(1, Duration.ofNanos(1));
  private static final String TEXT = TextProjection.NAME;

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

  private static void awaitEnd(EventLog log, ProjectionRuntime runtime) {
    assertThat(runtime.awaitApplied(TEXT, log.lastSequence(), Logs.PATIENCE)).isTrue();
  }

  /** A rebuild by a projection that takes everything writes what the live one wrote. */
  private void assertRebuildIsEqual() throws IOException {
    Path again = directory.resolve("again");
    Outputs.rebuild(store(), again, new TextProjection());
    assertThat(Outputs.parts(again)).isEqualTo(Outputs.parts(outputs())).isNotEmpty();
    assertThat(TextProjection.read(again)).containsAll(TextProjection.read(outputs()));
  }

  private List<DeadLetters.DeadLetter> letters() {
    try (EventLogReader reader = EventLogReader.open(store(), EventTypes.builtin())) {
      return DeadLetters.list(reader);
    }
  }

  @Test
  void aRetriedLetterIsAppliedAtThePlaceOfTheOrderLiveAndInARebuild() throws IOException {
    Picky picky = new Picky(3L);
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, picky)) {
      Logs.append(log, 0, 8);
      awaitEnd(log, runtime);
      DeadLetters.DeadLetter letter = DeadLetters.list(log).get(0);
      assertThat(letter.projection()).isEqualTo(TEXT);
      assertThat(letter.state()).isEqualTo(DeadLetters.State.OPEN);
      assertThat(letter.attempts()).isEqualTo(2);
      assertThat(letter.error()).contains("step 3 is refused");

      picky.refused.clear();
      runtime.retry(TEXT, letter.sequence());
      Logs.append(log, 8, 30);
      awaitEnd(log, runtime);
      Logs.await("the count", () -> runtime.status(TEXT).deadLetters() == 0);
      assertThatThrownBy(() -> runtime.retry(TEXT, letter.sequence()))
          .isInstanceOf(ProjectionFailedException.class)
          .hasMessageContaining("no open dead letter");
    }
    assertThat(letters()).singleElement().extracting("state").isEqualTo(DeadLetters.State.RETRIED);
    assertThat(Outputs.steps(outputs())).startsWith(0L, 1L, 2L, 4L, 5L, 6L, 7L, 3L, 8L);
    assertRebuildIsEqual();
  }

  @Test
  void aRetryThatFailsAgainIsANewLetterAndARebuildLeavesBothOut() throws IOException {
    Picky picky = new Picky(3L);
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, picky)) {
      Logs.append(log, 0, 8);
      awaitEnd(log, runtime);
      long sequence = DeadLetters.list(log).get(0).sequence();
      runtime.retry(TEXT, sequence);
      awaitEnd(log, runtime);
      Logs.append(log, 8, 30);
      awaitEnd(log, runtime);

      Logs.await("the count", () -> runtime.status(TEXT).deadLetters() == 1);
      runtime.drop(TEXT, sequence);
      awaitEnd(log, runtime);
      assertThat(runtime.status(TEXT).deadLetters()).isZero();
    }
    assertThat(letters())
        .extracting(DeadLetters.DeadLetter::state)
        .containsExactly(DeadLetters.State.RETRIED, DeadLetters.State.DROPPED);
    assertThat(Outputs.steps(outputs())).doesNotContain(3L);
    assertThat(picky.tries).hasValue(4);
    assertRebuildIsEqual();
  }

  @Test
  void aRestartBetweenTwoRetriesAppliesTheEventOnce() throws IOException {
    Picky picky = new Picky(3L);
    long sequence;
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, picky)) {
      Logs.append(log, 0, 8);
      awaitEnd(log, runtime);
      sequence = DeadLetters.list(log).get(0).sequence();
      runtime.retry(TEXT, sequence);
      awaitEnd(log, runtime);
    }
    picky.refused.clear();
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, picky)) {
      awaitEnd(log, runtime);
      assertThat(runtime.status(TEXT).deadLetters()).isEqualTo(1);
      runtime.retry(TEXT, sequence);
      Logs.append(log, 8, 20);
      awaitEnd(log, runtime);
    }
    assertThat(Outputs.steps(outputs())).containsOnlyOnce(3L);
    assertRebuildIsEqual();
  }

  @Test
  void theCountSurvivesARestartAndALostFile() throws IOException {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new Picky(3L, 4L))) {
      Logs.append(log, 0, 28);
      awaitEnd(log, runtime);
    }
    for (int round = 0; round < 2; round++) {
      try (EventLog log = Logs.builder(store()).build();
          ProjectionRuntime runtime = start(log, new Picky())) {
        awaitEnd(log, runtime);
        assertThat(runtime.status(TEXT).deadLetters()).isEqualTo(2);
      }
      assertThat(store().resolve("control/text.letters")).exists();
      Files.delete(store().resolve("control/text.letters"));
    }
  }

  @Test
  void aCrashRightAfterTheFactPutsTheEventAsideOnce() throws IOException {
    Picky picky = new Picky(3L);
    try (EventLog log = Logs.builder(store()).build()) {
      FaultPoint.Hook hook =
          FaultPoint.install(
              point -> {
                if (point.equals("projection.deadLetter.appended")) {
                  throw new LinkageError("the crash");
                }
              });
      try (ProjectionRuntime runtime = start(log, picky)) {
        Logs.append(log, 0, 8);
        Logs.await("the crash", () -> runtime.status(TEXT).state() == ProjectionState.FAILED);
        assertThat(runtime.status(TEXT).failure()).contains("the crash");
      } finally {
        hook.close();
      }
      try (ProjectionRuntime runtime = start(log, picky)) {
        Logs.append(log, 8, 20);
        awaitEnd(log, runtime);
        assertThat(runtime.status(TEXT).deadLetters()).isEqualTo(1);
      }
    }
    assertThat(letters()).hasSize(1);
    assertThat(picky.tries).hasValue(2);
    assertRebuildIsEqual();
  }

  @Test
  void aRetryOfAnEventThatWasRetiredMeanwhileIsANewLetter() {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log, new Picky(3L))) {
      Logs.append(log, 0, 8);
      awaitEnd(log, runtime);
      long sequence = DeadLetters.list(log).get(0).sequence();
      LogTimeAndRetentionTest.endSegments(log, 3);
      Logs.append(log, 8, 2 * TextProjection.ROWS);
      awaitEnd(log, runtime);
      runtime.pause(TEXT);
      long stands = runtime.status(TEXT).committedSequence();
      runtime.retry(TEXT, sequence);
      long order = log.lastSequence();
      Logs.await(
          "the retirement",
          () -> {
            RetentionRule rule = new RetentionRule.BeforeSequence(stands);
            log.retention().apply(log.retention().plan(rule));
            return log.floorSequence() > sequence;
          });

      runtime.resume(TEXT);

      assertThat(runtime.awaitApplied(TEXT, order, Logs.PATIENCE)).isTrue();
      awaitEnd(log, runtime);
      List<DeadLetters.DeadLetter> letters = DeadLetters.list(log);
      DeadLetters.DeadLetter newest = letters.get(letters.size() - 1);
      assertThat(newest.recordedAt()).isGreaterThan(order);
      assertThat(newest.sequence()).isEqualTo(sequence);
      assertThat(newest.state()).isEqualTo(DeadLetters.State.OPEN);
      assertThat(newest.error()).contains("below the floor");
      runtime.drop(TEXT, sequence);
    }
  }

  @Test
  void whatIsNoLetterCannotBeDecidedAbout() {
    try (EventLog log = Logs.builder(store()).build()) {
      Logs.append(log, 0, 3);
      assertThat(DeadLetters.list(log)).isEmpty();
      assertThatThrownBy(() -> DeadLetters.retry(log, TEXT, 1))
          .isInstanceOf(ProjectionFailedException.class);
      assertThatThrownBy(() -> DeadLetters.drop(log, TEXT, 1))
          .isInstanceOf(ProjectionFailedException.class);
    }
  }
}
