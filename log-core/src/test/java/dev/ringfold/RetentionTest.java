// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.RetentionApplied;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.RetiredSegments;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
  private static final int SEALED = 4;

  @TempDir Path directory;
  private Path store;
  private EventLog log;
  private Producer producer;
  private dev.ringfold.Stream stream;

  @BeforeEach
  void openWithFourSealedSegments() {
    store = directory.resolve("store");
    log = LogFixture.builder(store).set(LogOption.LEASE_GRACE, Duration.ofMillis(300)).build();
    producer = log.producer("writer");
    stream = log.stream("s");
    for (int i = 0; i < SEALED; i++) {
      LogFixture.endSegment(log, producer, stream);
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  private RetentionRule everything() {
    return new RetentionRule.BeforeSequence(Long.MAX_VALUE);
  }

  private long firstOf(int place) {
    return LogFixture.manifest(store).segments().get(place).firstSequence();
  }

  private static Map<String, String> listing(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.toList()) {
        files.put(
            root.relativize(file).toString(),
            Files.isRegularFile(file) ? Long.toString(Files.size(file)) : "directory");
      }
    }
    return files;
  }

  @Test
  void aPlanChangesNothing() throws IOException {
    Map<String, String> before = listing(store.resolve("journal"));

    RetentionPlan plan = log.retention().plan(new RetentionRule.BeforeSequence(firstOf(2)));

    assertThat(plan.segments()).extracting(RetentionPlan.Segment::number).containsExactly(1L, 2L);
    assertThat(plan.floorSequence()).isEqualTo(firstOf(2));
    assertThat(plan.bytes()).isPositive();
    assertThat(plan.blocks()).isEmpty();
    assertThat(listing(store.resolve("journal"))).isEqualTo(before);
    assertThat(log.floorSequence()).isZero();
    assertThat(log.lastSequence()).isEqualTo(LogFixture.readAll(log.tailer(), 0) - 1);
  }

  @Test
  void appliedRetentionRaisesTheFloorAndSaysSoInTheJournal() {
    long floor = firstOf(2);
    RetentionPlan plan = log.retention().plan(new RetentionRule.BeforeSequence(floor));

    RetentionReport report = log.retention().apply(plan);

    assertThat(report.segments()).containsExactly(1L, 2L);
    assertThat(report.bytes()).isEqualTo(plan.bytes());
    assertThat(log.floorSequence()).isEqualTo(floor);
    assertThat(SegmentFiles.folder(store, 1)).doesNotExist();
    assertThat(SegmentFiles.folder(store, 2)).doesNotExist();
    assertThat(SegmentFiles.folder(store, 3)).exists();
    assertThat(facts()).containsExactly(new RetentionApplied(floor, 2, plan.bytes()));
    assertThat(LogFixture.readAll(log.tailer(), floor)).isEqualTo(log.lastSequence() - floor + 1);
  }

  private List<RetentionApplied> facts() {
    List<RetentionApplied> facts = new ArrayList<>();
    try (Tailer tailer = log.tailer().types(BuiltinTypes.RETENTION_APPLIED.id()).open()) {
      tailer.poll(event -> facts.add((RetentionApplied) tailer.decode(event)), 100);
    }
    return facts;
  }

  @Test
  void readingBelowTheFloorNamesTheFloor() {
    long floor = firstOf(2);
    log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(floor)));

    assertThatThrownBy(() -> log.tailer().fromSequence(floor - 1).open())
        .isInstanceOfSatisfying(
            SegmentRetiredException.class, e -> assertThat(e.floorSequence()).isEqualTo(floor))
        .hasMessageContaining(Long.toString(floor));
    try (EventLogReader reader = EventLog.openReadOnly(store)) {
      assertThatThrownBy(() -> reader.tailer().fromSequence(0).open())
          .isInstanceOf(SegmentRetiredException.class);
      assertThat(reader.floorSequence()).isEqualTo(floor);
    }
  }

  @Test
  void theRetiredFileKeepsTheHashesOfWhatIsGone() {
    Manifest before = LogFixture.manifest(store);
    log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(firstOf(1))));
    log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(firstOf(1))));

    List<RetiredSegments.Retired> retired = RetiredSegments.list(store);

    assertThat(retired).extracting(RetiredSegments.Retired::number).containsExactly(1L, 2L);
    for (RetiredSegments.Retired each : retired) {
      assertThat(each.lastCrc()).isEqualTo(before.segment(each.number()).lastCrc());
      assertThat(each.lastSequence()).isEqualTo(before.segment(each.number()).lastSequence());
      assertThat(each.sha256()).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void theOpenSegmentStaysWhateverTheRule() {
    long open = LogFixture.open(store).number();

    RetentionReport report = log.retention().apply(log.retention().plan(everything()));

    assertThat(report.segments()).hasSize(SEALED);
    assertThat(LogFixture.manifest(store).segments()).hasSize(1);
    assertThat(LogFixture.open(store).number()).isEqualTo(open);
    assertThat(LogFixture.append(producer, stream, 7)).isEqualTo(log.lastSequence());
  }

  @Test
  void aStoreWithoutAnySealedSegmentReopensAndGoesOn() {
    producer.appendAndAwait(
        stream,
        LogFixture.event(1),
        AckLevel.DISK,
        AppendOptions.NONE.key("k"),
        Duration.ofSeconds(10));
    log.retention().apply(log.retention().plan(everything()));
    long last = log.lastSequence();
    long floor = log.floorSequence();
    log.close();
    log = LogFixture.builder(store).build();
    producer = log.producer("writer");
    stream = log.stream("s");

    assertThat(log.floorSequence()).isEqualTo(floor);
    assertThat(LogFixture.append(producer, stream, 8)).isGreaterThan(last);
    assertThat(LogFixture.readAll(log.tailer(), floor)).isEqualTo(log.lastSequence() - floor + 1);
    log.retention().apply(log.retention().plan(everything()));
    LogFixture.endSegment(log, producer, stream);
    log.retention().apply(log.retention().plan(everything()));
    assertThat(log.floorSequence()).isGreaterThan(last);
  }

  @Test
  void streamVersionsOutliveTheSegmentsTheyWereCountedIn() {
    long version = 0;
    try (Tailer tailer = log.tailer().streams("s").open()) {
      version = tailer.poll(event -> {}, Integer.MAX_VALUE);
    }
    log.retention().apply(log.retention().plan(everything()));
    log.close();
    log = LogFixture.builder(store).build();
    producer = log.producer("writer");
    stream = log.stream("s");

    AppendOutcome outcome =
        producer.appendAndAwait(
            stream,
            LogFixture.event(1),
            AckLevel.JOURNAL,
            AppendOptions.NONE.expectVersion(version),
            Duration.ofSeconds(10));

    assertThat(outcome).isInstanceOf(AppendOutcome.Appended.class);
  }

  @Test
  void newKeysAreTakenAfterEveryKeyFileIsGone() {
    log.close();
    log = LogFixture.builder(store).set(LogOption.KEY_WINDOW, 16).build();
    producer = log.producer("writer");
    stream = log.stream("s");
    appendKeyed(0, 40);
    LogFixture.endSegment(log, producer, stream);
    appendKeyed(40, 80);
    LogFixture.endSegment(log, producer, stream);
    appendKeyed(80, 120);
    log.retention().apply(log.retention().plan(everything()));

    appendKeyed(120, 160);

    assertThat(outcomeOf("key-159", 159)).isInstanceOf(AppendOutcome.Duplicate.class);
  }

  private void appendKeyed(int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(outcomeOf("key-" + i, i)).isInstanceOf(AppendOutcome.Appended.class);
    }
  }

  private AppendOutcome outcomeOf(String key, int step) {
    return producer.appendAndAwait(
        stream,
        LogFixture.event(step),
        AckLevel.JOURNAL,
        AppendOptions.NONE.key(key),
        Duration.ofSeconds(10));
  }

  @Test
  void aConditionAboutRetiredEventsIsUnknownAndNotTrue() {
    AppendOptions tagged = AppendOptions.NONE.tag("order", "4711");
    log.retention().apply(log.retention().plan(everything()));
    long floor = log.floorSequence();
    log.close();
    log = LogFixture.builder(store).build();
    producer = log.producer("writer");
    stream = log.stream("s");

    AppendOutcome outcome =
        producer.appendAndAwait(
            stream,
            LogFixture.event(1),
            AckLevel.JOURNAL,
            tagged.expectNone(
                new AppendOptions.NoneAfter(
                    List.of(BuiltinTypes.METRICS_LOGGED.id()),
                    new AppendOptions.Tag("order", "4711"),
                    0)),
            Duration.ofSeconds(10));

    assertThat(outcome).isEqualTo(new AppendOutcome.ConditionUnknown(0, floor));
  }

  @Test
  void oldSegmentsGoByAgeInLogTime() {
    long beginOfThird = LogFixture.manifest(store).segments().get(2).beginNanos();
    long now = TimeUnit.SECONDS.toNanos(log.logTime().getEpochSecond()) + log.logTime().getNano();

    RetentionPlan young = log.retention().plan(new RetentionRule.OlderThan(Duration.ofHours(1)));
    RetentionPlan old =
        log.retention().plan(new RetentionRule.OlderThan(Duration.ofNanos(now - beginOfThird)));

    assertThat(young.isEmpty()).isTrue();
    assertThat(old.segments()).extracting(RetentionPlan.Segment::number).contains(1L, 2L);
    assertThat(old.segments()).hasSizeLessThan(SEALED);
  }

  @Test
  void theNewestBytesAreKept() {
    long newestTwo =
        LogFixture.manifest(store).segments().stream()
            .filter(entry -> entry.sealed() && entry.number() > 2)
            .mapToLong(entry -> entry.length())
            .sum();
    long[] open = {0};
    RetentionPlan all = log.retention().plan(new RetentionRule.KeepBytes(1L << 40));
    RetentionPlan some = log.retention().plan(new RetentionRule.KeepBytes(newestTwo + (64 << 10)));

    assertThat(all.isEmpty()).isTrue();
    assertThat(some.segments()).isNotEmpty();
    assertThat(log.retention().plan(new RetentionRule.KeepBytes(open[0])).segments())
        .hasSize(SEALED);
  }

  @Test
  void holdsAndPositionsBlockUntilTheyMove() {
    log.holds().put("projection-metrics", firstOf(1), "no snapshot above this");
    log.positions().save("billing", firstOf(2), true);
    log.positions().save("curious", 0, false);

    RetentionPlan plan = log.retention().plan(everything());

    assertThat(plan.segments()).extracting(RetentionPlan.Segment::number).containsExactly(1L);
    assertThat(plan.blocks())
        .extracting(RetentionPlan.Block::name)
        .containsExactlyInAnyOrder("billing", "projection-metrics");
    assertThat(plan.pendingBytes()).isPositive();
    log.retention().apply(plan);
    assertThatThrownBy(() -> log.holds().put("late", 0, "too late"))
        .isInstanceOf(SegmentRetiredException.class);
    assertThat(log.holds().remove("projection-metrics")).isTrue();
    log.positions().save("billing", Long.MAX_VALUE, true);
    assertThat(log.retention().apply(log.retention().plan(everything())).segments())
        .containsExactly(2L, 3L, 4L);
  }

  @Test
  void aHoldThatComesBetweenPlanAndApplyCounts() {
    RetentionPlan plan = log.retention().plan(everything());
    log.holds().put("fork", 0, "a fork is being made");

    RetentionReport report = log.retention().apply(plan);

    assertThat(report.segments()).isEmpty();
    assertThat(report.pendingBytes()).isEqualTo(plan.bytes());
    assertThat(log.floorSequence()).isZero();
  }

  @Test
  void aDamagedHoldStopsRetention() throws IOException {
    log.holds().put("fork", 0, "reason");
    Files.writeString(store.resolve("holds/fork"), "ringfold-hold 1\nsequence 99\n");

    assertThatThrownBy(() -> log.retention().plan(everything()))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("holds/fork");
  }

  @Test
  void aTailerIsWaitedForAndThenToldThatItsSegmentIsGone() {
    try (Tailer tailer = log.tailer().fromSequence(0).open()) {
      assertThat(tailer.poll(event -> {}, 1)).isEqualTo(1);
      RetentionReport first = log.retention().apply(log.retention().plan(everything()));
      assertThat(first.segments()).isEmpty();
      assertThat(first.pendingBytes()).isPositive();
      assertThat(first.blocks())
          .extracting(RetentionPlan.Block::keeper)
          .containsExactly(RetentionPlan.Keeper.TAILER);

      LogFixture.await(
          () -> !log.retention().apply(log.retention().plan(everything())).segments().isEmpty());

      assertThatThrownBy(() -> tailer.poll(event -> {}, Integer.MAX_VALUE))
          .isInstanceOf(SegmentRetiredException.class);
      tailer.seek(log.floorSequence());
      assertThat(tailer.poll(event -> {}, Integer.MAX_VALUE)).isPositive();
    }
  }

  @Test
  void aTailerThatMovedOnBlocksNothing() {
    try (Tailer tailer = log.tailer().fromSequence(0).open()) {
      tailer.poll(event -> {}, Integer.MAX_VALUE);

      assertThat(log.retention().apply(log.retention().plan(everything())).segments())
          .hasSize(SEALED);

      long last = LogFixture.append(producer, stream, 3);
      long[] seen = {-1};
      tailer.poll(event -> seen[0] = event.sequence(), Integer.MAX_VALUE);
      assertThat(seen[0]).isGreaterThanOrEqualTo(last);
    }
  }

  @Test
  void theBytesComeBackWhileAReaderHasTheFileOpen() throws IOException {
    Path file = SegmentFiles.queueFile(store, 1);
    try (FileChannel reader = FileChannel.open(file)) {
      assertThat(reader.size()).isPositive();

      log.retention().apply(log.retention().plan(everything()));

      assertThat(file).doesNotExist();
      assertThat(reader.size()).isZero();
    }
  }

  @Test
  void aSegmentThatAForkLinksKeepsItsBytes() throws IOException {
    Path fork = directory.resolve("fork.cq4");
    Files.createLink(fork, SegmentFiles.queueFile(store, 1));
    byte[] before = Files.readAllBytes(fork);

    log.retention().apply(log.retention().plan(everything()));

    assertThat(SegmentFiles.folder(store, 1)).doesNotExist();
    assertThat(Files.readAllBytes(fork)).isEqualTo(before);
  }
}
