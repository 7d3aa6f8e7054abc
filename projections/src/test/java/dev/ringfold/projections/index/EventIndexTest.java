// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.EventSkipped;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.index.IndexFixture.Known;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index says is worth reading, against everything that is in the log. */
final class EventIndexTest {
  private static final int EVENTS = 1_000;
  private static final int QUERIES = Integer.getInteger("ringfold.rounds", 400);

  @TempDir Path directory;

  private final Random random = new Random(IndexFixture.SEED);
  private Path store;

  @BeforeEach
  void publish() {
    store = directory.resolve("store");
    try (EventLog log = IndexFixture.builder(store).build()) {
      IndexFixture.publish(log, EVENTS, random);
    }
  }

  private Path fold(EventLogReader log) throws IOException {
    return IndexFixture.fold(log, IndexFixture.SMALL, directory.resolve("place"));
  }

  private static boolean contains(List<long[]> ranges, long sequence) {
    return ranges.stream().anyMatch(range -> range[0] <= sequence && sequence <= range[1]);
  }

  @Test
  void everyEventThatPassesIsInARange() throws IOException {
    try (EventLogReader log = IndexFixture.read(store)) {
      List<Known> all = IndexFixture.all(log);
      EventIndex index = EventIndex.open(log, fold(log));
      assertThat(index.ranges()).isEqualTo(all.size() / IndexFixture.SMALL.range());
      long worth = 0;
      long passing = 0;
      for (int i = 0; i < QUERIES; i++) {
        IndexQuery query = query(all);
        List<long[]> ranges = IndexFixture.ranges(index.select(query));
        for (Known event : all) {
          boolean passes = event.passes(query);
          boolean in = contains(ranges, event.sequence());
          assertThat(!passes || in)
              .as("seed %d, query %d %s, event %s", IndexFixture.SEED, i, query, event)
              .isTrue();
          worth += in ? 1 : 0;
          passing += passes ? 1 : 0;
        }
        assertOrdered(ranges, query);
      }
      // The end that no file knows is read whole, what is not rare by blocks of four.
      assertThat(worth).isBetween(passing, QUERIES * all.size() * 7L / 10);
    }
  }

  private IndexQuery query(List<Known> all) {
    IndexQuery query = IndexQuery.ALL;
    if (random.nextBoolean()) {
      query =
          query.types(
              random.nextBoolean() ? BuiltinTypes.RUN_CLOSED.id() : BuiltinTypes.RUN_STARTED.id());
    }
    if (random.nextInt(3) == 0) {
      query = query.streams(random.nextBoolean() ? "rare" : "run-" + random.nextInt(6));
    }
    if (random.nextInt(4) == 0) {
      query = query.spaces(List.of(random.nextBoolean() ? "lab" : ""));
    }
    if (random.nextInt(3) == 0) {
      query = query.tag("order", Integer.toString(random.nextInt(45)));
    }
    if (random.nextInt(3) == 0) {
      long a = all.get(random.nextInt(all.size())).logTime();
      long b = all.get(random.nextInt(all.size())).logTime();
      query = query.times(Math.min(a, b), random.nextBoolean() ? Math.max(a, b) : Long.MAX_VALUE);
    }
    if (random.nextInt(3) == 0) {
      int from = random.nextInt(all.size());
      query = query.between(from, from + random.nextInt(all.size()));
    }
    return query;
  }

  private static void assertOrdered(List<long[]> ranges, IndexQuery query) {
    long behind = query.fromSequence() - 2;
    for (long[] range : ranges) {
      assertThat(range[0]).isGreaterThan(behind + 1).isGreaterThanOrEqualTo(query.fromSequence());
      assertThat(range[1]).isBetween(range[0], query.toSequence());
      behind = range[1];
    }
  }

  @Test
  void aRareTypeIsFoundOneByOne() throws IOException {
    try (EventLogReader log = IndexFixture.read(store)) {
      List<Known> all = IndexFixture.all(log);
      int range = IndexFixture.SMALL.range();
      // Only ranges in which it is listed, not marked by blocks.
      for (long first = 0; first + range <= all.size(); first += range) {
        IndexQuery query =
            IndexQuery.ALL.types(BuiltinTypes.RUN_STARTED.id()).between(first, first + range - 1);
        List<Long> expected =
            all.stream().filter(e -> e.passes(query)).map(Known::sequence).toList();
        if (expected.size() <= IndexFixture.SMALL.listed()) {
          List<Long> found =
              IndexFixture.ranges(EventIndex.open(log, fold(log)).select(query)).stream()
                  .flatMap(r -> Stream.iterate(r[0], s -> s <= r[1], s -> s + 1))
                  .toList();
          assertThat(found).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void withoutAnIndexEverythingIsWorthReading() throws IOException {
    try (EventLogReader log = IndexFixture.read(store)) {
      EventIndex index = EventIndex.open(log, directory.resolve("nothing"));

      assertThat(index.isEmpty()).isTrue();
      assertThat(
              IndexFixture.ranges(
                  index.select(IndexQuery.ALL.types(BuiltinTypes.RUN_STARTED.id()).between(7, 70))))
          .containsExactly(new long[] {7, 70});
      assertThat(IndexFixture.ranges(index.select(IndexQuery.ALL)))
          .containsExactly(new long[] {0, Long.MAX_VALUE});
      assertThat(IndexFixture.ranges(index.select(IndexQuery.ALL.between(9, 8)))).isEmpty();
    }
  }

  @Test
  void whatWasLeftOutIsReadWhateverIsAskedFor() throws IOException {
    int range = IndexFixture.SMALL.range();
    // In the middle, at both ends of a range, a whole run, and the last one of all ranges.
    List<Long> skipped = new ArrayList<>(List.of(70L, 2L * range, 4L * range - 1));
    for (long s = 5L * range - 3; s < 5L * range + 2; s++) {
      skipped.add(s);
    }
    try (EventLog log = IndexFixture.builder(store).build();
        Producer producer = log.producer("person")) {
      for (long sequence : skipped) {
        producer.appendAndAwait(
            log.stream("ringfold.projections"),
            new EventSkipped(sequence, EventIndex.NAME, "test"),
            AckLevel.DISK);
      }
    }
    try (EventLogReader log = IndexFixture.read(store)) {
      Path outputs = fold(log);
      EventIndex index = EventIndex.open(log, outputs);
      int nothing = 999;
      List<long[]> ranges =
          IndexFixture.ranges(
              index.select(IndexQuery.ALL.types(nothing).between(0, (long) range * 8 - 1)));

      assertThat(ranges.stream().flatMap(r -> Stream.iterate(r[0], s -> s <= r[1], s -> s + 1)))
          .containsExactlyElementsOf(skipped);
      assertThat(tree(outputs))
          .isEqualTo(tree(IndexFixture.fold(log, IndexFixture.SMALL, directory.resolve("again"))));
      for (Known event : IndexFixture.all(log)) {
        IndexQuery query = IndexQuery.ALL.types(event.type());
        assertThat(contains(IndexFixture.ranges(index.select(query)), event.sequence())).isTrue();
      }
    }
  }

  @Test
  void aFileThatIsGoneOrDamagedIsMadeAgainAndTheLogIsReadMeanwhile() throws IOException {
    try (EventLogReader log = IndexFixture.read(store)) {
      Path outputs = fold(log);
      Map<String, String> whole = tree(outputs);
      List<Path> files = files(outputs);
      Files.delete(files.get(3));
      Files.write(files.get(7), new byte[] {1}, StandardOpenOption.WRITE);
      EventIndex index = EventIndex.open(log, outputs);
      int nothing = 999;
      int range = IndexFixture.SMALL.range();

      List<long[]> ranges =
          IndexFixture.ranges(
              index.select(IndexQuery.ALL.types(nothing).between(0, (long) range * 10 - 1)));

      assertThat(ranges)
          .containsExactly(
              new long[] {3L * range, 4L * range - 1}, new long[] {7L * range, 8L * range - 1});
      assertThat(tree(fold(log))).isEqualTo(whole);
    }
  }

  @Test
  void anIndexOfAnotherHistoryIsNotUsed() throws IOException {
    Path other = directory.resolve("other");
    try (EventLog log = IndexFixture.builder(other).build()) {
      IndexFixture.publish(log, EVENTS, new Random(1));
    }
    try (EventLogReader log = IndexFixture.read(store);
        EventLogReader stranger = IndexFixture.read(other)) {
      Path outputs = fold(log);

      assertThat(EventIndex.open(stranger, outputs).isEmpty()).isTrue();
      assertThat(EventIndex.open(log, outputs).isEmpty()).isFalse();
    }
  }

  @Test
  void deletedItIsRebuiltToTheSameBytes() throws IOException {
    try (EventLogReader log = IndexFixture.read(store)) {
      Map<String, String> before = tree(fold(log));
      for (Path file : files(directory.resolve("place/outputs"))) {
        Files.delete(file);
      }
      Files.delete(EventIndex.directory(directory.resolve("place/outputs")));

      assertThat(tree(fold(log))).isEqualTo(before).isNotEmpty();
    }
  }

  private static Map<String, String> tree(Path outputs) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    for (Path file : files(outputs)) {
      tree.put(file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
    }
    return tree;
  }

  private static List<Path> files(Path outputs) throws IOException {
    return IndexFiles.list(EventIndex.directory(outputs));
  }

  @Test
  void aRuntimeWritesEachRangeWhenItIsDurable() {
    try (EventLog log = IndexFixture.builder(store).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new IndexProjection(IndexFixture.SMALL)).start()) {
      IndexFixture.publish(log, EVENTS, random);
      long last = log.lastSequence();

      assertThat(runtime.awaitApplied(EventIndex.NAME, last, Duration.ofSeconds(30))).isTrue();

      long ranges = (last + 1) / IndexFixture.SMALL.range();
      long committed = runtime.status(EventIndex.NAME).committedSequence();
      assertThat(committed).isEqualTo(ranges * IndexFixture.SMALL.range() - 1);
      assertThat(log.durableSequence()).isGreaterThanOrEqualTo(committed);
      try (EventLogReader reader = IndexFixture.read(store)) {
        EventIndex index = EventIndex.open(reader, store.resolve("outputs"));
        assertThat(index.ranges()).isEqualTo((int) ranges);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void theQuickCheckLooksAtTheNewestFileAndTheFullOneAtAll() throws IOException {
    try (EventLogReader log = IndexFixture.read(store)) {
      Path outputs = fold(log);
      List<Path> files = IndexFiles.list(EventIndex.directory(outputs));
      IndexProjection projection = new IndexProjection(IndexFixture.SMALL);
      ProjectionContext at = OutputRebuild.closedContext(log, projection, outputs, directory);
      assertThat(projection.verify(at, true)).isEmpty();

      Files.write(files.get(2), new byte[] {1}, StandardOpenOption.WRITE);
      assertThat(projection.verify(at, false)).isEmpty();
      assertThat(projection.verify(at, true)).hasSize(1);
      Files.write(files.get(files.size() - 1), new byte[] {1}, StandardOpenOption.WRITE);
      assertThat(projection.verify(at, false)).hasSize(1);
      assertThat(projection.verify(at, true)).hasSize(2);
    }
  }
}
