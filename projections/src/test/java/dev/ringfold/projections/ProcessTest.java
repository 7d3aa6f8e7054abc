// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessTest {
  private static final FailurePolicy ASIDE =
      new FailurePolicy.RetryThenDeadLetter(1, Duration.ofNanos(1));

  @TempDir Path directory;

  private EventLog open() {
    return Logs.builder(directory.resolve("store")).build();
  }

  private static void awaitEnd(EventLog log, ProjectionRuntime runtime) {
    assertThat(runtime.awaitApplied("doubler", log.lastSequence(), Logs.PATIENCE)).isTrue();
  }

  private static List<Long> answers(EventLog log) {
    return Doubler.answers(log);
  }

  private static List<Long> range(long to) {
    return LongStream.range(0, to).boxed().toList();
  }

  @Test
  void everyEventIsAnsweredOnceOverRestarts() {
    for (int round = 0; round < 3; round++) {
      try (EventLog log = open();
          ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(new Doubler()).start()) {
        Logs.append(log, round * 10L, 10);
        awaitEnd(log, runtime);
      }
    }
    try (EventLog log = open()) {
      assertThat(answers(log)).isEqualTo(range(60));
    }
  }

  @Test
  void anAnswerNamesItsCause() {
    try (EventLog log = open();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(new Doubler()).start()) {
      long cause = Logs.append(log, 7, 1);
      awaitEnd(log, runtime);
      Logs.await("the answers", () -> answers(log).size() == 2);
      try (var tailer = log.tailer().types(BuiltinTypes.RUN_CLOSED.id()).open()) {
        tailer.poll(event -> assertThat(event.causation()).isEqualTo(cause), 1);
      }
    }
  }

  @Test
  void aCrashBeforeThePositionIsSavedAnswersNothingTwice() {
    int round = 0;
    try (EventLog log = open()) {
      for (String point :
          List.of(
              "projection.process.acked",
              "projection.position.tmpWritten",
              "projection.position.renamed")) {
        FaultPoint.Hook hook =
            FaultPoint.install(
                hit -> {
                  if (hit.equals(point)) {
                    throw new LinkageError("the crash");
                  }
                });
        try (ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new Doubler()).start()) {
          Logs.append(log, 10L * round++, 10);
          // What it emits ends runs, which is where positions are saved.
          Logs.await(
              "the crash", () -> runtime.status("doubler").state() == ProjectionState.FAILED);
        } finally {
          hook.close();
        }
      }
      try (ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(new Doubler()).start()) {
        awaitEnd(log, runtime);
      }
      assertThat(answers(log)).doesNotHaveDuplicates().hasSize(60);
    }
  }

  @Test
  void aLostPositionAnswersNothingTwice() throws IOException {
    Path position = directory.resolve("store/control/doubler.process");
    try (EventLog log = open();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(new Doubler()).start()) {
      Logs.append(log, 0, 10);
      awaitEnd(log, runtime);
    }
    assertThat(position).exists();
    Files.writeString(position, "damaged");
    try (EventLog log = open();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(new Doubler()).start()) {
      awaitEnd(log, runtime);
      assertThat(answers(log)).isEqualTo(range(20));
    }
  }

  @Test
  void aRefusedEventEmitsNothingAndTheNextOneIsAnswered() {
    Doubler doubler = new Doubler();
    doubler.refused = 3;
    try (EventLog log = open();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(doubler, ASIDE).start()) {
      Logs.append(log, 0, 6);
      awaitEnd(log, runtime);
      Logs.await("the answers", () -> answers(log).size() == 10);
      assertThat(answers(log)).doesNotContain(6L, 7L).contains(10L, 11L);
      assertThat(DeadLetters.list(log)).hasSize(1);

      doubler.refused = -1;
      runtime.retry("doubler", DeadLetters.list(log).get(0).sequence());
      Logs.await("the answers", () -> answers(log).size() == 12);
      assertThat(new TreeMap<>(java.util.Map.of(6L, 0, 7L, 0)).keySet()).isSubsetOf(answers(log));
    }
  }

  @Test
  void aProcessThatAnswersOtherwiseTheSecondTimeIsStopped() throws IOException {
    Doubler doubler = new Doubler();
    try (EventLog log = open();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(doubler).start()) {
      Logs.append(log, 0, 5);
      awaitEnd(log, runtime);
    }
    Files.delete(directory.resolve("store/control/doubler.process"));
    doubler.salt.set(1_000);
    try (EventLog log = open();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(doubler).start()) {
      // It is noticed when the position is to be saved.
      Logs.await("the failure", () -> runtime.status("doubler").state() == ProjectionState.FAILED);
      assertThat(runtime.status("doubler").failure()).contains("otherwise");
      assertThat(answers(log).subList(0, 10)).isEqualTo(range(10));
    }
  }
}
