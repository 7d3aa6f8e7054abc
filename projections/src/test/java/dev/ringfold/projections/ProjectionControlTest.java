// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.projections.ControlRequest.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProjectionControlTest {
  private static final String TEXT = TextProjection.NAME;

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private void send(ControlRequest request) {
    ProjectionControl.send(store(), request, Logs.PATIENCE);
  }

  private static ProjectionRuntime start(EventLog log) {
    return ProjectionRuntime.builder(log)
        .add(new Picky(5L), new FailurePolicy.RetryThenStop(0, Duration.ZERO))
        .start();
  }

  @Test
  void aPauseFromOutsideSurvivesARestart() {
    try (EventLog log = Logs.builder(store()).build()) {
      try (ProjectionRuntime runtime = start(log)) {
        runtime.awaitApplied(TEXT, Logs.append(log, 6, 12), Logs.PATIENCE);
        send(ControlRequest.of(Command.PAUSE, TEXT));
        assertThat(runtime.status(TEXT).state()).isEqualTo(ProjectionState.PAUSED);
      }
      try (ProjectionRuntime runtime = start(log)) {
        long last = Logs.append(log, 20, 3);
        assertThat(runtime.awaitApplied(TEXT, last, Duration.ofMillis(50))).isFalse();
        assertThat(runtime.status(TEXT).state()).isEqualTo(ProjectionState.PAUSED);
        Logs.await("what it had done", () -> runtime.status(TEXT).committedSequence() > 0);
        assertThat(runtime.status(TEXT).lagEvents()).isBetween(3L, 40L);
        send(ControlRequest.of(Command.RESUME, TEXT));
        assertThat(runtime.awaitApplied(TEXT, last, Logs.PATIENCE)).isTrue();
      }
      try (ProjectionRuntime runtime = start(log)) {
        assertThat(runtime.awaitApplied(TEXT, log.lastSequence(), Logs.PATIENCE)).isTrue();
      }
    }
  }

  @Test
  void skipResumeAndResetWorkFromOutside() {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log)) {
      long last = Logs.append(log, 0, 12);
      Logs.await("the failure", () -> runtime.status(TEXT).state() == ProjectionState.FAILED);
      long poison =
          Long.parseLong(runtime.status(TEXT).failure().replaceAll(".*skip sequence ", ""));
      send(ControlRequest.skip(TEXT, poison, "it is \"broken\"\u00fc"));
      send(ControlRequest.of(Command.RESUME, TEXT));
      assertThat(runtime.awaitApplied(TEXT, last, Logs.PATIENCE)).isTrue();
      send(ControlRequest.of(Command.RESET, TEXT));
      assertThat(runtime.awaitApplied(TEXT, last, Logs.PATIENCE)).isTrue();
    }
    assertThat(store().resolve("control"))
        .isDirectoryNotContaining("glob:**.request")
        .isDirectoryNotContaining("glob:**.done")
        .isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void whatCannotBeDoneIsAnsweredWithTheReason() {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log)) {
      runtime.awaitApplied(TEXT, Logs.append(log, 0, 2), Logs.PATIENCE);
      assertThatThrownBy(() -> send(ControlRequest.of(Command.PAUSE, "nobody")))
          .isInstanceOf(ProjectionFailedException.class)
          .hasMessageContaining("no projection 'nobody'");
      assertThatThrownBy(() -> send(ControlRequest.of(Command.RETRY, TEXT, 1)))
          .isInstanceOf(ProjectionFailedException.class)
          .hasMessageContaining("no open dead letter");
    }
  }

  @Test
  void anOrderThatNobodyTakesIsWithdrawn() {
    Logs.builder(store()).build().close();
    assertThatThrownBy(
            () ->
                ProjectionControl.send(
                    store(), ControlRequest.of(Command.RESET, TEXT), Duration.ofMillis(50)))
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessageContaining("no process runs the projections");
    assertThat(store().resolve("control")).isEmptyDirectory();
  }

  @Test
  void anOrderFromBeforeTheStartIsRefusedAndADamagedOneDeleted() throws IOException {
    try (EventLog log = Logs.builder(store()).build()) {
      Logs.append(log, 0, 2);
      new ControlFiles(store()).send("old", ControlRequest.of(Command.RESET, TEXT));
      try (ProjectionRuntime runtime = start(log)) {
        assertThat(runtime.awaitApplied(TEXT, log.lastSequence(), Logs.PATIENCE)).isTrue();
        assertThat(Files.readString(store().resolve("control/old.failed")))
            .contains("send it again");
        Files.writeString(store().resolve("control/bad.request"), "nonsense");
        Logs.await("an answer", () -> Files.exists(store().resolve("control/bad.failed")));
        assertThat(store().resolve("control/bad.request")).doesNotExist();
      }
    }
  }

  @Test
  void aStartThatFailsLeavesThePlaceToTheNextOne() throws IOException {
    try (EventLog log = Logs.builder(store()).build()) {
      new ControlFiles(store()).send("old", ControlRequest.of(Command.RESET, TEXT));
      Path obstacle = Files.createDirectories(store().resolve("control/old.failed/in"));
      assertThatThrownBy(() -> start(log)).isInstanceOf(RingfoldException.class);

      Files.delete(obstacle);
      Files.delete(store().resolve("control/old.failed"));
      start(log).close();
    }
  }

  @Test
  void theSameCompactionCanBeOrderedAgain() {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log)) {
      runtime.compact(TEXT, Long.MAX_VALUE);
      Logs.append(log, 6, 2);
      runtime.compact(TEXT, Long.MAX_VALUE);
      try (Tailer orders = log.tailer().types(BuiltinTypes.TABLE_COMPACTED.id()).open()) {
        assertThat(orders.poll(event -> {}, 10)).isEqualTo(2);
      }
    }
  }

  @Test
  void theStatusCanBeReadByOtherProcesses() {
    assertThat(ProjectionControl.statusJson(store())).isEmpty();
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = start(log)) {
      Logs.append(log, 0, 12);
      Logs.await(
          "the status",
          () -> ProjectionControl.statusJson(store()).orElse("").contains("\"FAILED\""));
      assertThat(ProjectionControl.statusJson(store()).orElseThrow())
          .contains("\"name\": \"text\"", "\"version\": 1", "step 5 is refused");
      assertThat(runtime.status()).hasSize(1);
    }
    assertThat(ProjectionControl.statusJson(store()).orElseThrow()).contains("\"STOPPED\"");
  }
}
