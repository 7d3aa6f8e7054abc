// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfold stat}, {@code doctor}, {@code init}, {@code retain} and {@code positions}. */
final class StatAndDoctorTest {
  @TempDir private Path folder;

  @Test
  void statOfAClosedStoreBalancesTheLedger() {
    Path store = Stores.create(folder.resolve("store"), 10);

    JsonNode stat = Ran.ringfold("stat", store, "--json").json();

    assertThat(stat.get("state").asText()).isEqualTo("clean");
    assertThat(stat.at("/holder/held").asBoolean()).isFalse();
    assertThat(stat.get("events").asLong()).isEqualTo(stat.get("lastSequence").asLong() + 1);
    assertThat(stat.get("durableSequence")).isEqualTo(stat.get("lastSequence"));
    JsonNode row = stat.at("/ledger/0");
    assertThat(row.get("name").asText()).isEqualTo("trainer");
    assertThat(row.get("offered").asLong()).isEqualTo(11);
    assertThat(row.get("stored").asLong()).isEqualTo(11);
    assertThat(row.get("open").asLong()).isZero();
    assertThat(row.get("closed").asBoolean()).isTrue();
    assertThat(stat.at("/bytes/journalUsed").asLong()).isPositive();
    assertThat(stat.at("/bytes/journalAllocated").asLong()).isPositive();
  }

  @Test
  void statOfAStoreInUseNamesTheProcess() {
    Path store = folder.resolve("store");
    try (EventLog log = Stores.builder(store).build()) {
      Stores.publish(log, 10);

      JsonNode stat = Ran.ringfold("stat", store, "--json").json();
      Ran text = Ran.ringfold("stat", store, "--segments");

      assertThat(stat.get("state").asText()).isEqualTo("open");
      assertThat(stat.at("/holder/pid").asLong()).isEqualTo(ProcessHandle.current().pid());
      assertThat(stat.get("lastSequence").asLong()).isGreaterThanOrEqualTo(11);
      assertThat(text.out()).contains("writer     process " + ProcessHandle.current().pid());
      assertThat(text.out()).contains(" open ");
      assertThat(log.health().state().name()).isEqualTo("OPEN");
    }
  }

  @Test
  void ledgerOptionShowsEverySession() {
    Path store = Stores.create(folder.resolve("store"), 4);
    Stores.create(store, 6);

    JsonNode ledger = Ran.ringfold("stat", store, "--ledger", "--json").json().get("ledger");

    assertThat(ledger).hasSize(2);
    assertThat(ledger.at("/0/stored").asLong()).isEqualTo(5);
    assertThat(ledger.at("/1/stored").asLong()).isEqualTo(7);
  }

  @Test
  void doctorLooksAtMachineAndStore() {
    Path store = Stores.create(folder.resolve("store"), 1);

    Ran text = Ran.ringfold("doctor", store);
    JsonNode json = Ran.ringfold("doctor", store, "--json").json();

    assertThat(text.exitCode()).as(text.out()).isZero();
    assertThat(text.lines()).allMatch(line -> line.matches("(ok   |warn | {25}->|\\d).*"));
    assertThat(json.get("fit").asBoolean()).isTrue();
    List<String> checks = json.findValuesAsText("check");
    assertThat(checks)
        .contains("java", "jvm flags", "libraries", "shared memory", "open files")
        .contains("directory", "file system", "disk space", "preallocation", "force", "store");
    assertThat(store.resolve("_tmp")).isEmptyDirectory();
  }

  @Test
  void doctorNamesTheOptionThatWouldHaveKeptWhatWasDropped() {
    Path store = folder.resolve("lossy");
    long dropped = 0;
    try (EventLog log = Stores.builder(store).set(LogOption.RING_SLOTS, 1_024).build();
        Producer producer = log.producer("burst")) {
      MetricsRow row =
          producer.metrics(log.stream("run"), MetricLayout.builder().doubles("loss").build());
      for (long step = 0; producer.dropped() == 0; step++) {
        row.begin(0, step).set(0, 1.0).offer();
      }
      dropped = producer.dropped();
    }

    Ran ran = Ran.ringfold("doctor", store);

    assertThat(ran.out()).contains("events offered were dropped: ring full");
    assertThat(ran.out()).contains("set RINGFOLD_RING_SLOTS=262144 (now 65536)");
    assertThat(dropped).isPositive();
  }

  @Test
  void doctorOfAPlaceWithoutAStoreIsNoError() {
    Path place = folder.resolve("not/yet/there");

    Ran ran = Ran.ringfold("doctor", place);

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).contains("the first open creates it", "ringfold init " + place);
    assertThat(place).doesNotExist();
  }

  @Test
  void doctorFindsTheDiskBelowAFloorThatTheConfigurationSets() throws Exception {
    Path config = Files.writeString(folder.resolve("log.yaml"), "low-space-bytes: 1000000GiB\n");

    Ran ran = Ran.ringfold("doctor", folder.resolve("store"), "--config", config);

    assertThat(ran.out()).contains("warn  disk space", "LOSSY events are dropped now");
  }

  @Test
  void openFileLimitsAreJudged() {
    assertThat(MachineChecks.openFiles("unlimited").level()).isEqualTo(Check.Level.OK);
    assertThat(MachineChecks.openFiles("1024").level()).isEqualTo(Check.Level.WARN);
    assertThat(MachineChecks.openFiles("64").level()).isEqualTo(Check.Level.BAD);
  }

  @Test
  void initCreatesOnceAndLeavesAStoreAlone() {
    Path store = folder.resolve("store");

    JsonNode first = Ran.ringfold("init", store, "--json").json();
    JsonNode second = Ran.ringfold("init", store, "--json").json();

    assertThat(first.get("created").asBoolean()).isTrue();
    assertThat(second.get("created").asBoolean()).isFalse();
    assertThat(second.get("storeId")).isEqualTo(first.get("storeId"));
  }

  @Test
  void retainWithoutApplyChangesNothingAlsoWhileTheStoreIsWritten() throws IOException {
    Path store = Stores.create(folder.resolve("store"), 3);
    long end = Ran.ringfold("stat", store, "--json").json().get("lastSequence").asLong();
    byte[] manifest = Files.readAllBytes(store.resolve("MANIFEST"));

    JsonNode closed = Ran.ringfold("retain", store, "--before", end + 1, "--json").json();

    assertThat(closed.get("segments")).hasSize(1);
    assertThat(closed.get("floorSequence").asLong()).isEqualTo(end + 1);
    assertThat(store.resolve("MANIFEST")).hasBinaryContent(manifest);
    try (EventLog log = Stores.builder(store).build()) {
      Path directory = log.directory();
      manifest = Files.readAllBytes(directory.resolve("MANIFEST"));
      Ran open = Ran.ringfold("retain", directory, "--before", end + 1, "--json");
      assertThat(open.json().get("segments")).hasSize(1);
      assertThat(directory.resolve("MANIFEST")).hasBinaryContent(manifest);
    }
  }

  @Test
  void retainDeletesNothingWithoutApply() {
    Path store = Stores.create(folder.resolve("store"), 10);
    Stores.create(store, 10);

    JsonNode stat = Ran.ringfold("stat", store, "--json").json();
    long second = stat.at("/segments/1/firstSequence").asLong();

    JsonNode plan = Ran.ringfold("retain", store, "--before", second, "--json").json();
    Ran before = Ran.ringfold("tail", store, "--limit", 1);
    Ran apply = Ran.ringfold("retain", store, "--before", second, "--apply");
    Ran below = Ran.ringfold("tail", store, "--from", 0);

    assertThat(plan.get("applied").asBoolean()).isFalse();
    assertThat(plan.get("segments")).isNotEmpty();
    assertThat(before.out()).startsWith("       0  ");
    assertThat(apply.out()).startsWith("deleted 1 segments");
    assertThat(below.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(below.err()).contains("below the floor");
  }

  @Test
  void positionsAreListedWithTheirDistanceAndCanBeForgotten() {
    Path store = folder.resolve("store");
    try (EventLog log = Stores.builder(store).build()) {
      Stores.publish(log, 10);
      log.positions().save("dashboard", 4, true);
    }

    JsonNode listed = Ran.ringfold("positions", store, "--json").json();
    Ran deleted = Ran.ringfold("positions", store, "--delete", "dashboard");

    assertThat(listed.at("/positions/0/name").asText()).isEqualTo("dashboard");
    assertThat(listed.at("/positions/0/behind").asLong())
        .isEqualTo(listed.get("lastSequence").asLong() + 1 - 4);
    assertThat(deleted.out()).contains("deleted dashboard");
    assertThat(Ran.ringfold("positions", store).out()).contains("no positions are saved");
  }
}
