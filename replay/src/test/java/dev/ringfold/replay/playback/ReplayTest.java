// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.RunStarted;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.playback.PlaybackStore.Plain;
import dev.ringfold.replay.transfer.RowExport;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays of a part of a log, into everything that one can replay into. */
final class ReplayTest {
  private static final int ROUNDS = 200;
  private static final int ROUNDS_OF_CUTS = Integer.getInteger("ringfold.rounds", 4);
  private static final long SEED = Long.getLong("ringfold.seed", 5L);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private Path store;

  @BeforeEach
  void publish() {
    store = PlaybackStore.create(directory.resolve("store"), ROUNDS);
  }

  private List<Plain> all() {
    try (EventLogReader log = PlaybackStore.read(store)) {
      return PlaybackStore.all(log);
    }
  }

  private List<Long> sequences(Predicate<Plain> wanted) {
    return all().stream().filter(wanted).map(Plain::sequence).toList();
  }

  private List<Long> replayed(Replay replay) throws IOException {
    List<Long> found = new ArrayList<>();
    ReplayReport report = replay.into(event -> found.add(event.sequence()));
    assertThat(report.events()).isEqualTo(found.size());
    assertThat(report.stopped()).isFalse();
    return found;
  }

  @Test
  void everythingComesOnceInOrder() throws IOException {
    assertThat(replayed(Replay.of(store))).isEqualTo(sequences(event -> true));
  }

  @Test
  void placesAreSequencesAndTimes() throws IOException {
    List<Plain> all = all();
    Plain tenth = all.get(10);
    Plain last = all.get(40);

    assertThat(replayed(Replay.of(store).from(new Point.Sequence(10)).to(new Point.Sequence(40))))
        .isEqualTo(sequences(e -> e.sequence() >= 10 && e.sequence() <= 40));
    assertThat(
            replayed(
                Replay.of(store)
                    .from(new Point.LogTime(tenth.logTime()))
                    .to(new Point.LogTime(last.logTime()))))
        .isEqualTo(
            sequences(
                e ->
                    !e.logTime().isBefore(tenth.logTime())
                        && !e.logTime().isAfter(last.logTime())));
    assertThat(replayed(Replay.of(store).to(new Point.Sequence(1_000_000))))
        .isEqualTo(sequences(event -> true));
    assertThat(replayed(Replay.of(store).from(new Point.Sequence(1_000_000)))).isEmpty();
    assertThat(replayed(Replay.of(store).from(new Point.End()))).hasSize(1);
  }

  @Test
  void eventsAreChosenByTypeStreamSpaceAndTag() throws IOException {
    int started = BuiltinTypes.RUN_STARTED.id();
    int closed = BuiltinTypes.RUN_CLOSED.id();

    assertThat(replayed(Replay.of(store).types(started, closed)))
        .isEqualTo(sequences(e -> e.type() == started || e.type() == closed))
        .hasSize(2 * ROUNDS / 10);
    assertThat(replayed(Replay.of(store).runs("run-1")))
        .isEqualTo(sequences(e -> e.stream().name().equals("run-1")));
    assertThat(replayed(Replay.of(store).spaces("lab")))
        .isEqualTo(sequences(e -> e.stream().space().equals("lab")));
    assertThat(replayed(Replay.of(store).types(started).spaces("lab"))).isEmpty();
    assertThat(replayed(Replay.of(store).tag("n", "30"))).hasSize(2);
    assertThat(replayed(Replay.of(store).tag("n", "30").streams("run-2"))).hasSize(1);
  }

  @Test
  void theIteratorGivesDecodedEventsToKeep() {
    List<ReplayedEvent> kept = new ArrayList<>();
    try (ReplayIterator events =
        Replay.of(store).types(BuiltinTypes.RUN_STARTED.id()).from(new Point.Sequence(5)).iterator()) {
      events.forEachRemaining(kept::add);
      assertThat(events.hasNext()).isFalse();
      assertThat(events.segmentsRead()).isPositive();
    }
    assertThat(kept).extracting(ReplayedEvent::sequence).isEqualTo(
        sequences(e -> e.sequence() >= 5 && e.type() == BuiltinTypes.RUN_STARTED.id()));
    assertThat(kept.get(0).event()).isInstanceOf(RunStarted.class);
    assertThat(kept.get(0).stream().name()).isEqualTo("run-1");
  }

  /** Time that only a pause moves. */
  private static final class FakeTime implements Pacer.Time {
    private long nanos;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void pause(long left) {
      nanos += left;
    }
  }

  @Test
  void atASpeedEventsComeAsTheyWereLogged() throws IOException {
    FakeTime time = new FakeTime();
    List<Plain> all = all();
    List<Long> heard = new ArrayList<>();

    Replay.of(store).speed(4).time(time).into(event -> heard.add(time.nanos));

    for (int i = 0; i < all.size(); i++) {
      long expected = Duration.between(all.get(0).logTime(), all.get(i).logTime()).toNanos() / 4;
      assertThat(heard.get(i)).as("event %d", i).isBetween(expected - 2L * i, expected + 2L * i);
    }
    assertThat(time.nanos).isPositive();

    FakeTime cut = new FakeTime();
    Replay.of(store).speed(1).longestPause(Duration.ofNanos(10_000)).time(cut).into(event -> {});
    assertThat(cut.nanos).isBetween(10_000L, 10_000L * all.size()).isLessThan(4 * time.nanos);
  }

  @Test
  void aStopComesBetweenTwoEventsAndTheReplayGoesOnThere() throws IOException {
    Random random = new Random(SEED);
    List<Long> found = new ArrayList<>();
    ReplayReport report;
    int runs = 0;
    do {
      int stopAt = found.size() + 1 + random.nextInt(60);
      report =
          Replay.of(store)
              .resumeAs("mine")
              .runs("run-1")
              .speed(1e12)
              .stopWhen(() -> found.size() >= stopAt)
              .into(event -> found.add(event.sequence()));
      runs++;
    } while (report.stopped());

    assertThat(runs).isGreaterThan(3);
    assertThat(found).as("seed %d", SEED).isEqualTo(sequences(e -> e.stream().name().equals("run-1")));
    assertThat(replayed(Replay.of(store).resumeAs("mine"))).isEmpty();
    try (EventLogReader log = PlaybackStore.read(store)) {
      assertThat(log.positions().find("mine").orElseThrow().sequence())
          .isEqualTo(all().size());
    }
  }

  @Test
  void aFileThatGrowsHasEachEventOnceWhereverItWasCut() throws IOException {
    Path whole = directory.resolve("whole.jsonl");
    Path wholeCsv = directory.resolve("whole.csv");
    Replay.of(store).runs("run-2").toJsonLines(whole);
    Replay.of(store).runs("run-2").toCsv(wholeCsv);
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS_OF_CUTS; round++) {
      Path file = directory.resolve("grown-" + round);
      boolean csv = round % 2 == 1;
      for (int cut = 0; cut < 3; cut++) {
        int left = 1 + random.nextInt(80);
        int[] asked = {0};
        Replay replay =
            Replay.of(store)
                .resumeAs("file-" + round)
                .runs("run-2")
                .speed(1e12)
                .stopWhen(() -> asked[0]++ > left);
        write(replay, csv, file);
        // As if it was killed: the position is behind, the last line is half.
        byte[] bytes = Files.readAllBytes(file);
        int length = bytes.length - random.nextInt(Math.min(bytes.length, 300) + 1);
        Files.write(file, Arrays.copyOf(bytes, length));
        try (EventLogReader log = PlaybackStore.read(store)) {
          log.positions().save("file-" + round, 0, false);
        }
      }
      write(Replay.of(store).resumeAs("file-" + round).runs("run-2"), csv, file);

      assertThat(file).as("seed %d, round %d", SEED, round).hasSameTextualContentAs(csv ? wholeCsv : whole);
    }
  }

  private static void write(Replay replay, boolean csv, Path file) throws IOException {
    ReplayReport report = csv ? replay.toCsv(file) : replay.toJsonLines(file);
    assertThat(report.next()).isPositive();
  }

  @Test
  void aFileOfSomethingElseIsLeftAlone() throws IOException {
    Path file = directory.resolve("mine.txt");
    Files.writeString(file, "my notes\n");

    assertThatThrownBy(() -> Replay.of(store).resumeAs("x").toJsonLines(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mine.txt")
        .hasMessageContaining("Name another file");
    assertThat(file).hasContent("my notes\n");
  }

  @Test
  void jsonLinesHaveWhatTailPrintsAndCsvHasOneRecordPerEvent() throws IOException {
    Path lines = directory.resolve("events.jsonl");
    Path csv = directory.resolve("events.csv");
    Replay.of(store).toJsonLines(lines);
    Replay.of(store).toCsv(csv);
    List<Plain> all = all();

    List<JsonNode> events = Files.readAllLines(lines).stream().map(ReplayTest::json).toList();
    assertThat(events).extracting(e -> e.get("sequence").asLong()).isEqualTo(sequences(e -> true));
    JsonNode row = events.get(1);
    assertThat(row.get("type").asText()).isEqualTo("MetricsLogged");
    assertThat(row.at("/payload/values/loss").asDouble()).isZero();
    List<String> records = Files.readAllLines(csv);
    assertThat(records).hasSize(all.size() + 1);
    assertThat(records.get(0)).startsWith("sequence,log_time,event_time,type,");
    assertThat(records.stream().filter(r -> r.contains(",RunStarted,")).findFirst().orElseThrow())
        .contains("run-1,,,,\"{")
        .contains("\"\"attempt\"\":0");
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatWasStoppedLeavesNoWholeFileBehind() throws IOException {
    Path file = directory.resolve("stopped.jsonl");
    int[] asked = {0};

    ReplayReport report =
        Replay.of(store).speed(1e12).stopWhen(() -> asked[0]++ > 20).toJsonLines(file);
    ReplayReport rows =
        Replay.of(store).stopWhen(() -> true).toRows(RowExport.Format.PARQUET, file);

    assertThat(report.stopped()).isTrue();
    assertThat(rows.stopped()).isTrue();
    assertThat(file).doesNotExist();
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void rowsOfMetricsHaveAColumnForEach() throws IOException {
    Path csv = directory.resolve("rows.csv");
    Path parquet = directory.resolve("rows.parquet");

    ReplayReport report = Replay.of(store).spaces("lab").toRows(RowExport.Format.CSV, csv);
    ReplayReport binary =
        Replay.of(store).runs("run-1").toRows(RowExport.Format.PARQUET, parquet);

    assertThat(report.events()).isEqualTo(ROUNDS);
    assertThat(binary.events()).isEqualTo(ROUNDS);
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(ROUNDS + 1);
    assertThat(lines.get(0)).startsWith("seq,run_id,attempt,kind,ts,epoch,step,timestamp,").endsWith(",loss");
    assertThat(lines.get(2)).contains(",run-2,0,step,").endsWith(",2.0");
    assertThat(parquet).isNotEmptyFile();
    assertThatThrownBy(
            () ->
                Replay.of(store)
                    .types(BuiltinTypes.RUN_CLOSED.id())
                    .toRows(RowExport.Format.CSV, csv))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aProjectionIsFoldedAsARuntimeWouldAndInPartWhenAsked() throws Exception {
    Path folded = Files.createDirectories(directory.resolve("folded"));
    try (EventLogReader log = PlaybackStore.read(store)) {
      ProjectionRunner.fold(
          log, MetricTables.metrics(), folded, folded.resolve("snapshots"), Long.MAX_VALUE);
    }
    Path replayed = Files.createDirectories(directory.resolve("replayed"));
    int[] asked = {0};
    ReplayReport stopped =
        Replay.of(store).speed(1e12).stopWhen(() -> asked[0]++ > 50).into(MetricTables.metrics(), replayed);
    ReplayReport rest = Replay.of(store).into(MetricTables.metrics(), replayed);

    assertThat(stopped.stopped()).isTrue();
    assertThat(rest.stopped()).isFalse();
    assertThat(tree(replayed)).isEqualTo(tree(folded)).isNotEmpty();

    Path part = Files.createDirectories(directory.resolve("part"));
    ReplayReport some =
        Replay.of(store)
            .runs("run-1")
            .from(new Point.Sequence(100))
            .to(new Point.Sequence(299))
            .into(MetricTables.metrics(), part);
    assertThat(some.events())
        .isEqualTo(
            sequences(
                    e ->
                        e.stream().name().equals("run-1")
                            && e.sequence() >= 100
                            && e.sequence() <= 299)
                .size());
  }

  /** All but the script that names the files with their whole paths. */
  private static Map<String, String> tree(Path root) throws Exception {
    Map<String, String> tree = new TreeMap<>();
    try (var files = Files.walk(root)) {
      for (Path file : files.filter(f -> Files.isRegularFile(f) && !f.endsWith("metrics.sql")).toList()) {
        tree.put(root.relativize(file).toString(), HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
      }
    }
    return tree;
  }

  @Test
  void aStoreThatIsBeingWrittenIsReplayedToItsPresentEnd() throws IOException {
    try (EventLog log = PlaybackStore.builder(store).build()) {
      long[] more = {0};
      List<Long> found = new ArrayList<>();
      long before = log.lastSequence();

      ReplayReport report =
          Replay.of(store)
              .into(
                  event -> {
                    found.add(event.sequence());
                    if (more[0]++ == 50) {
                      PlaybackStore.publish(log, 20);
                    }
                  });

      assertThat(report.last()).isGreaterThanOrEqualTo(before).isLessThan(log.lastSequence());
      assertThat(found).isEqualTo(sequences(e -> e.sequence() <= report.last()));
    }
  }

  @Test
  void progressGoesFromNothingToAll() throws IOException {
    FakeTime time = new FakeTime();
    List<Progress> heard = new ArrayList<>();

    Replay.of(store).speed(0.001).time(time).progress(heard::add).into(event -> {});

    assertThat(heard).hasSizeGreaterThan(20);
    assertThat(heard).extracting(Progress::fraction).isSorted();
    assertThat(heard.get(heard.size() - 1).fraction()).isEqualTo(1);
    assertThat(heard.get(0).fraction()).isLessThan(0.1);
  }

  @Test
  void whatMakesNoSenseTogetherIsRefused() {
    assertThatThrownBy(() -> Replay.of(store).speed(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Replay.of(store).resumeAs("x").iterator())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> Replay.of(store).resumeAs("x").into(EventIndex.projection(), directory))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> Replay.of(store).speed(1).toRows(RowExport.Format.CSV, directory.resolve("f")))
        .isInstanceOf(IllegalStateException.class);
  }
}
