// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.ForkBegan;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SchemaHistory;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int EVENTS = 400;

  @TempDir private Path directory;
  private Path store;
  private EventLog log;
  private Producer producer;
  private Stream stream;

  @BeforeEach
  void openWithThreeSealedSegments() {
    store = directory.resolve("parent");
    open();
    for (int i = 0; i < 3; i++) {
      offer(EVENTS);
      LogFixture.endSegment(log, producer, stream);
    }
    offer(EVENTS);
  }

  private void open() {
    log = LogFixture.builder(store).build();
    producer = log.producer("writer");
    stream = log.stream("s");
  }

  @AfterEach
  void close() {
    log.close();
  }

  private Path fork(String name) {
    return directory.resolve(name);
  }

  /** Without waiting between them, so that there are many in a frame. */
  private void offer(int events) {
    for (int i = 0; i < events; i++) {
      producer.offer(stream, LogFixture.event(i));
    }
    LogFixture.append(producer, stream, events);
  }

  private static EventLog openFork(Path fork) {
    return LogFixture.builder(fork).build();
  }

  private static void assertSame(Path fork, SortedMap<Long, String> parent, long sequence) {
    assertThat(ForkReading.events(fork)).isEqualTo(parent.headMap(sequence + 1));
  }

  @Test
  void aForkHasTheEventsUpToItsSequenceWhereverThatIs() {
    long seed = Long.getLong("ringfold.seed", 42L);
    SplittableRandom random = new SplittableRandom(seed);
    long last = log.lastSequence();
    log.awaitDurable(last, PATIENCE);
    SortedMap<Long, String> parent = ForkReading.events(store);
    List<Long> sequences = new ArrayList<>(List.of(0L, last));
    for (SegmentEntry entry : LogFixture.manifest(store).segments()) {
      sequences.add(entry.firstSequence());
      sequences.add(Math.max(0, entry.firstSequence() - 1));
    }
    for (int i = 0; i < 12; i++) {
      sequences.add(random.nextLong(last + 1));
    }
    for (int i = 0; i < sequences.size(); i++) {
      long sequence = sequences.get(i);
      Path fork = fork("fork-" + i);

      ForkReport report =
          i % 2 == 0 ? log.fork(sequence, fork, "f") : Forks.fork(store, sequence, fork, "f");

      assertThat(report.sequence()).isEqualTo(sequence);
      assertThat(report.bytesCopied()).isZero();
      assertSame(fork, parent, sequence);
      assertAppendsGoOn(fork, sequence);
    }
  }

  private static void assertAppendsGoOn(Path fork, long sequence) {
    SortedMap<Long, String> before = ForkReading.events(fork);
    try (EventLog child = openFork(fork);
        Producer own = child.producer("writer")) {
      long appended = LogFixture.append(own, child.stream("s"), -1);

      assertThat(appended).isGreaterThan(sequence + 1);
      assertThat(LogFixture.readAll(child.tailer(), 0)).isEqualTo(child.lastSequence() + 1);
    }
    try (EventLog again = openFork(fork)) {
      assertThat(again.floorSequence()).isZero();
    }
    assertThat(ForkReading.events(fork).headMap(sequence + 1)).isEqualTo(before);
  }

  @Test
  void whatIsAppendedInTheParentAfterwardsIsNotInTheFork() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try (Producer busy = log.producer("busy")) {
                for (long i = 0; !stop.get(); i++) {
                  LogFixture.append(busy, stream, i);
                }
              }
            });
    writer.start();
    List<Long> sequences = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        long sequence = log.lastSequence() - (i % 2) * 3L;
        Path fork = fork("live-" + i);
        if (i < 3) {
          log.fork(sequence, fork, "");
        } else {
          Forks.fork(store, sequence, fork, "");
        }
        sequences.add(sequence);
        assertThat(ForkReading.events(fork).lastKey()).isEqualTo(sequence);
      }
      LogFixture.await(() -> log.lastSequence() > sequences.get(5) + 50);
    } finally {
      stop.set(true);
      writer.join();
    }
    SortedMap<Long, String> parent = ForkReading.events(log.tailer().fromSequence(0));
    for (int i = 0; i < sequences.size(); i++) {
      assertSame(fork("live-" + i), parent, sequences.get(i));
    }
  }

  @Test
  void noFileOfTheParentIsChangedByItsForks() throws IOException {
    log.close();
    Map<Long, String> hashes = ForkReading.sealedHashes(store);
    long last = LogFixture.manifest(store).durableSequence();
    for (long sequence : List.of(5L, last / 2, last)) {
      Path fork = fork("fork-" + sequence);
      Forks.fork(store, sequence, fork, "");
      assertAppendsGoOn(fork, sequence);
      try (EventLog child = openFork(fork)) {
        child
            .retention()
            .apply(child.retention().plan(new RetentionRule.BeforeSequence(Long.MAX_VALUE)));
      }
      assertThat(ForkReading.sealedHashes(store)).isEqualTo(hashes);
    }
    open();
    assertThat(LogFixture.readAll(log.tailer(), 0)).isGreaterThan(last);
  }

  @Test
  void aForkOutlivesItsParent() {
    long sequence = log.lastSequence() - 7;
    SortedMap<Long, String> parent = ForkReading.events(log.tailer().fromSequence(0));
    Path fork = fork("fork");
    log.fork(sequence, fork, "");

    log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(Long.MAX_VALUE)));
    assertSame(fork, parent, sequence);
    log.close();
    DirectoryTree.delete(store);

    assertSame(fork, parent, sequence);
    assertAppendsGoOn(fork, sequence);
  }

  @Test
  void aForkOfAForkKnowsItsWholeAncestry() {
    long sequence = log.lastSequence() - 5;
    SortedMap<Long, String> parent = ForkReading.events(log.tailer().fromSequence(0));
    Path child = fork("child");
    ForkReport first = log.fork(sequence, child, "lr halved");
    Path early = fork("early");
    Path late = fork("late");
    Forks.fork(child, sequence - 50, early, "");
    try (EventLog opened = openFork(child);
        Producer own = opened.producer("writer")) {
      LogFixture.append(own, opened.stream("s"), -1);
      ForkReport third = opened.fork(opened.lastSequence(), late, "third");
      assertThat(third.parentStoreId()).isEqualTo(first.storeId());
    }
    SortedMap<Long, String> ofChild = ForkReading.events(child);

    assertSame(early, parent, sequence - 50);
    assertAppendsGoOn(early, sequence - 50);
    Manifest manifest = LogFixture.manifest(late);
    assertThat(manifest.name()).isEqualTo("third");
    assertThat(manifest.ancestry())
        .containsExactly(
            new Manifest.Lineage(first.storeId(), manifest.durableSequence()),
            new Manifest.Lineage(log.storeId(), sequence));
    assertSame(late, ofChild, manifest.durableSequence());
    assertAppendsGoOn(late, manifest.durableSequence());
    assertThat(LogFixture.manifest(early).ancestry())
        .containsExactly(
            new Manifest.Lineage(first.storeId(), sequence - 50),
            new Manifest.Lineage(log.storeId(), sequence - 50));
  }

  @Test
  void theFirstOpenWritesTheFactOfTheForkOnce() {
    long sequence = log.lastSequence() - 5;
    Path fork = fork("fork");
    log.fork(sequence, fork, "lr halved");
    assertThat(facts(fork)).isEmpty();
    assertThat(SchemaHistory.read(fork)).isNotEmpty().isEqualTo(SchemaHistory.read(store));

    openFork(fork).close();
    openFork(fork).close();

    assertThat(facts(fork)).containsExactly(new ForkBegan(log.storeId(), sequence, "lr halved"));
  }

  private static List<ForkBegan> facts(Path fork) {
    List<ForkBegan> facts = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(fork);
        Tailer tailer = reader.tailer().types(BuiltinTypes.FORK_BEGAN.id()).open()) {
      tailer.poll(event -> facts.add((ForkBegan) tailer.decode(event)), Integer.MAX_VALUE);
    }
    return facts;
  }

  @Test
  void aGroupIsNotCutAndTheNearestSequencesAreNamed() {
    UnitOfWork unit = producer.unitOfWork();
    for (int i = 0; i < 4; i++) {
      unit.add(stream, LogFixture.event(i));
    }
    long first = unit.commitAndAwait(AckLevel.DISK, PATIENCE).receipt().firstSequence();

    for (int i = 0; i < 3; i++) {
      long inside = first + i;
      assertThatThrownBy(() -> log.fork(inside, fork("no"), ""))
          .isInstanceOfSatisfying(
              ForkRefusedException.class,
              refused -> {
                assertThat(refused.nearestBelow()).isEqualTo(first - 1);
                assertThat(refused.nearestAbove()).isEqualTo(first + 3);
              })
          .hasMessageContaining("Fork at " + (first - 1) + " or " + (first + 3));
    }
    log.fork(first - 1, fork("below"), "");
    log.fork(first + 3, fork("above"), "");

    assertThat(ForkReading.events(fork("above"))).hasSize((int) first + 4);
    assertThat(fork("no")).doesNotExist();
  }

  @Test
  void whatCannotBeForkedIsRefusedAndLeavesNothingBehind() throws IOException {
    long last = log.lastSequence();
    assertThatThrownBy(() -> log.fork(last + 1_000, fork("no"), ""))
        .isInstanceOf(ForkRefusedException.class)
        .hasMessageContaining("the last one is");
    assertThatThrownBy(() -> Forks.fork(store, last + 1_000, fork("no"), ""))
        .isInstanceOf(ForkRefusedException.class);
    Files.createDirectory(fork("there"));
    assertThatThrownBy(() -> log.fork(1, fork("there"), ""))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("exists already");
    assertThatThrownBy(() -> log.fork(1, store.resolve("inside"), ""))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("inside its parent");
    assertThatThrownBy(() -> log.fork(1, fork("no"), "two\nlines"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Forks.fork(fork("nowhere"), 1, fork("no"), ""))
        .isInstanceOf(StoreNotFoundException.class);
    long floor = LogFixture.manifest(store).segments().get(1).firstSequence();
    log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(floor)));
    assertThatThrownBy(() -> log.fork(floor - 1, fork("no"), ""))
        .isInstanceOf(SegmentRetiredException.class);

    try (java.util.stream.Stream<Path> all = Files.list(directory)) {
      assertThat(all).containsExactlyInAnyOrder(store, fork("there"));
    }
    log.fork(floor, fork("floor"), "");
    assertThat(ForkReading.events(fork("floor"))).containsOnlyKeys(floor);
  }

  @Test
  void aForkOfAStoreWhoseWriterDiedIsCutBehindItsLastFrame() throws IOException {
    long sequence = log.lastSequence();
    log.awaitDurable(sequence, PATIENCE);
    Path left = fork("left");
    copy(store, left);
    SortedMap<Long, String> parent = ForkReading.events(left);

    Forks.fork(left, sequence, fork("fork"), "");

    assertSame(fork("fork"), parent, sequence);
    assertAppendsGoOn(fork("fork"), sequence);
    try (EventLog recovered = openFork(left)) {
      assertThat(recovered.lastSequence()).isGreaterThan(sequence);
    }
    assertThat(ForkReading.events(fork("fork")).headMap(sequence + 1))
        .isEqualTo(parent.headMap(sequence + 1));
  }

  /** The store as a killed process leaves it. */
  private static void copy(Path from, Path to) throws IOException {
    try (java.util.stream.Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        String name = String.valueOf(file.getFileName());
        if (!name.equals("LOCK") && !name.equals("OWNER")) {
          Files.copy(file, to.resolve(from.relativize(file)));
        }
      }
    }
  }

  @Test
  void theOpenSegmentIsSharedAndCutAndItsIndexIsMadeAtTheFirstOpen() {
    long sequence = log.lastSequence() - 3;
    Path fork = fork("fork");
    ForkReport report = log.fork(sequence, fork, "");

    List<SegmentEntry> entries = LogFixture.manifest(fork).segments();
    SegmentEntry last = entries.get(entries.size() - 1);
    assertThat(entries).allMatch(SegmentEntry::sealed).hasSize(report.segments());
    assertThat(entries.stream().filter(SegmentEntry::cut)).containsExactly(last);
    assertThat(last.lastSequence()).isEqualTo(sequence);
    Path index = SegmentFiles.indexFile(SegmentFiles.folder(fork, last.number()));
    assertThat(index).doesNotExist();
    openFork(fork).close();
    assertThat(index).exists();
    assertThat(SegmentFiles.keysFile(SegmentFiles.folder(fork, last.number()))).exists();
    assertThat(LogFixture.manifest(fork).segment(last.number())).isEqualTo(last);
  }
}
