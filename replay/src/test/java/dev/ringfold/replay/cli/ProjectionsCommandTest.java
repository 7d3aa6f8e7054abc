// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import dev.ringfold.projections.FailurePolicy;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projections and their dead letters, of a store that is open and of one that is not. */
final class ProjectionsCommandTest {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private Path store;

  @BeforeEach
  void nameStore() {
    store = folder.resolve("store");
  }

  @Test
  void withoutAProcessTheCommitsTell() {
    TrainingStore.createWithTables(store);

    Ran text = Ran.ringfold("projections", "status", store);
    JsonNode json = Ran.ringfold("projections", "status", store, "--json").json();

    assertThat(text.exitCode()).isZero();
    assertThat(text.lines()).hasSize(4).contains("no process runs them now");
    assertThat(text.lines().get(1)).startsWith("projection  state        applied  committed");
    assertThat(json.get("live").asBoolean()).isFalse();
    assertThat(json.at("/projections/0/name").asText()).isEqualTo("ledger");
    JsonNode metrics = json.at("/projections/1");
    assertThat(metrics.get("name").asText()).isEqualTo("metrics");
    assertThat(metrics.get("lagEvents").asLong())
        .isEqualTo(json.get("lastSequence").asLong() - metrics.get("committedSequence").asLong());
  }

  @Test
  void aStoreWithoutProjectionsSaysSo() {
    Stores.create(store, 1);

    assertThat(Ran.ringfold("projections", "status", store).out())
        .isEqualTo("no projection is known\n");
    assertThat(Ran.ringfold("projections", "status", store, "metrics").exitCode())
        .isEqualTo(ExitCodes.FAILED);
    assertThat(Ran.ringfold("dlq", "list", store).out()).contains("no open dead letters");
  }

  @Test
  void ordersGoToTheProcessThatHasTheStoreOpen() {
    try (EventLog log = Stores.builder(store).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(MetricTables.metrics()).start()) {
      Stores.publish(log, 10);

      Ran pause = Ran.ringfold("projections", "pause", store, "metrics");

      assertThat(pause.out())
          .isEqualTo("pause metrics: done by process " + ProcessHandle.current().pid() + "\n");
      await(() -> status().at("/projections/0/state").asText().equals("paused"));
      assertThat(status().get("live").asBoolean()).isTrue();
      assertThat(Ran.ringfold("projections", "resume", store, "metrics").exitCode()).isZero();
      await(() -> status().at("/projections/0/state").asText().equals("running"));
      assertThat(Ran.ringfold("projections", "reset", store, "metrics", "--json").exitCode())
          .isZero();
      assertThat(runtime.awaitApplied("metrics", log.lastSequence(), LONG)).isTrue();
      Ran unknown = Ran.ringfold("projections", "pause", store, "nobody");
      assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
      assertThat(unknown.err()).contains("There is no projection 'nobody'");
    }
  }

  @Test
  void aProcessThatRunsNoProjectionsIsSaid() {
    try (EventLog log = Stores.builder(store).build()) {
      Ran ran =
          Ran.ringfold("projections", "pause", log.directory(), "metrics", "--timeout", "300ms");

      assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
      assertThat(ran.err()).contains("Nobody took the order");
    }
  }

  @Test
  void whenNobodyHasTheStoreOpenOrdersAreCarriedOutHere() throws IOException {
    TrainingStore.createWithTables(store);
    Path table = store.resolve("outputs/metrics.parquet");
    String before = MetricTable.open(table).rowHash();

    Ran pause = Ran.ringfold("projections", "pause", store, "metrics");
    JsonNode paused = status();
    Ran resume = Ran.ringfold("projections", "resume", store, "metrics");
    Ran reset = Ran.ringfold("projections", "reset", store, "metrics");

    assertThat(pause.out()).isEqualTo("pause metrics: done here\n");
    assertThat(paused.at("/projections/1/state").asText()).isEqualTo("paused");
    assertThat(resume.exitCode()).as(resume.err()).isZero();
    assertThat(reset.exitCode()).as(reset.err()).isZero();
    assertThat(status().at("/projections/1/state").asText()).isEqualTo("not running");
    assertThat(MetricTable.open(table).rowHash()).isEqualTo(before);
    assertThat(MetricTable.open(table).verify()).isEmpty();
  }

  @Test
  void aProjectionOfAProgramThatDoesNotRunIsNamed() {
    Stores.create(store, 1);

    Ran ran = Ran.ringfold("projections", "reset", store, "picky");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err())
        .contains("'picky' is not known here; known are metrics, ledger, checkpoints, index")
        .contains("ProjectionProvider");
  }

  @Test
  void wrongArgumentsAreNamed() {
    Stores.create(store, 1);

    assertThat(Ran.ringfold("projections", "stop", store).err())
        .contains("expected one of status, pause, resume, reset, skip but found 'stop'");
    assertThat(Ran.ringfold("projections", "pause", store).err()).contains("NAME");
    assertThat(Ran.ringfold("projections", "skip", store, "metrics").err()).contains("SEQ");
    assertThat(Ran.ringfold("dlq", "retry", store, "metrics").err()).contains("SEQ");
    assertThat(Ran.ringfold("dlq", "drop", store).exitCode()).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void aSkippedEventIsLeftOut() {
    FailurePolicy stop = new FailurePolicy.RetryThenStop(0, Duration.ZERO);
    try (EventLog log = Stores.builder(store).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new PickyProjection(), stop).start()) {
      Stores.publish(log, 1);
      await(() -> status().at("/projections/0/state").asText().equals("failed"));
      String failure = Ran.ringfold("projections", "status", store).out();

      Ran skip =
          Ran.ringfold("projections", "skip", store, "picky", 2, "--reason", "tastes of nothing");
      Ran.ringfold("projections", "resume", store, "picky");

      assertThat(failure).contains("picky: ", "not to my taste");
      assertThat(skip.exitCode()).as(skip.err()).isZero();
      assertThat(runtime.awaitApplied("picky", log.lastSequence(), LONG)).isTrue();
      assertThat(Ran.ringfold("tail", store, "--type", "EventSkipped").out())
          .contains("reason=tastes of nothing");
    }
  }

  @Test
  void deadLettersAreListedShownRetriedAndDropped() {
    PickyProjection picky = new PickyProjection();
    FailurePolicy putAside = new FailurePolicy.RetryThenDeadLetter(0, Duration.ZERO);
    try (EventLog log = Stores.builder(store).build();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(picky, putAside).start()) {
      Stores.publish(log, 1);
      Stores.publish(log, 1);
      assertThat(runtime.awaitApplied("picky", log.lastSequence(), LONG)).isTrue();

      Ran list = Ran.ringfold("dlq", "list", store);
      JsonNode letters = Ran.ringfold("dlq", "list", store, "picky", "--json").json();
      long first = letters.at("/deadLetters/0/sequence").asLong();
      Ran show = Ran.ringfold("dlq", "show", store, "picky", first);
      picky.takeEverything();
      Ran retry = Ran.ringfold("dlq", "retry", store, "picky", first);

      assertThat(list.lines()).hasSize(3);
      assertThat(list.out()).contains("open", "IllegalStateException: not to my taste");
      assertThat(show.out()).contains("type-1234", "PickyProjection.fold", "after 1 attempt\n");
      assertThat(retry.exitCode()).as(retry.err()).isZero();
      assertThat(Ran.ringfold("dlq", "list", store).lines()).hasSize(2);
      assertThat(Ran.ringfold("dlq", "list", store, "--all").out()).contains("retried");
      Ran again = Ran.ringfold("dlq", "retry", store, "picky", first);
      assertThat(again.exitCode()).isEqualTo(ExitCodes.FAILED);
      assertThat(again.err()).contains("no open dead letter");
    }
  }

  @Test
  void aDeadLetterCanBeDroppedWhenNobodyHasTheStoreOpen() {
    FailurePolicy putAside = new FailurePolicy.RetryThenDeadLetter(0, Duration.ZERO);
    try (EventLog log = Stores.builder(store).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new PickyProjection(), putAside).start()) {
      Stores.publish(log, 1);
      assertThat(runtime.awaitApplied("picky", log.lastSequence(), LONG)).isTrue();
    }
    JsonNode letters = Ran.ringfold("dlq", "list", store, "--json").json();
    long letter = letters.at("/deadLetters/0/sequence").asLong();

    Ran drop = Ran.ringfold("dlq", "drop", store, "picky", letter);

    assertThat(drop.out()).isEqualTo("drop event " + letter + " of picky: done here\n");
    assertThat(Ran.ringfold("dlq", "list", store).out()).contains("no open dead letters");
    assertThat(Ran.ringfold("dlq", "show", store, "picky", letter, "--json").json().at("/state"))
        .hasToString("\"dropped\"");
  }

  private JsonNode status() {
    return Ran.ringfold("projections", "status", store, "--json").json();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
