// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.salvage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentScan;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.Severity;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.replay.backup.EventfulStore;
import dev.ringfold.replay.salvage.SalvageReport.Lost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a damaged store keeps its sequences; what is not is listed exactly. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SalvageTest {
  private static final int ROUNDS = Integer.getInteger("ringfold.rounds", 12);

  @TempDir private Path directory;
  private Path store;
  private List<Integer> events = List.of();

  @BeforeEach
  void twoSessions() {
    store = directory.resolve("store");
    EventfulStore.session(store, 1, 120);
    EventfulStore.session(store, 2, 120);
    events = EventfulStore.events(store);
  }

  private record Place(long offset, int length, int kind, long first, long last) {}

  private List<Place> frames(long segment) {
    List<Place> places = new ArrayList<>();
    SegmentScan.scan(
        SegmentFiles.queueFile(store, segment),
        entry(segment).before(),
        entry(segment).length(),
        frame ->
            places.add(
                new Place(
                    frame.offset() + 4,
                    FrameFormat.HEADER_LENGTH + frame.bodyLength(),
                    frame.kind(),
                    frame.firstSequence(),
                    frame.firstSequence() + frame.eventCount() - 1)));
    return places;
  }

  private SegmentEntry entry(long segment) {
    return java.util.Objects.requireNonNull(ManifestFile.read(store).segment(segment));
  }

  private List<Long> segments() {
    return ManifestFile.read(store).segments().stream().map(SegmentEntry::number).toList();
  }

  private static void edit(Path file, java.util.function.UnaryOperator<byte[]> change)
      throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.write(file, change.apply(Files.readAllBytes(file)));
  }

  private void flip(long segment, long offset) throws IOException {
    edit(
        SegmentFiles.queueFile(store, segment),
        bytes -> {
          bytes[(int) offset] ^= 0x10;
          return bytes;
        });
  }

  private SalvageReport salvage() {
    return Salvage.salvage(store, directory.resolve("new"));
  }

  /** Checks the new store against the events that there were, and what the report says. */
  private void assertSalvaged(SalvageReport report) {
    TreeSet<Long> lost = new TreeSet<>();
    for (Lost place : report.lost()) {
      for (long sequence = place.firstSequence(); sequence <= place.lastSequence(); sequence++) {
        assertThat(lost.add(sequence)).as("listed twice: " + sequence).isTrue();
      }
    }
    long floor = ManifestFile.read(report.target()).floorSequence();
    assertThat(floor).isEqualTo(report.firstSequence());
    List<Integer> left = EventfulStore.events(report.target());
    TreeSet<Long> placeholders = placeholders(report.target());
    assertThat(left).hasSize((int) (report.lastSequence() - floor + 1));
    for (int i = 0; i < left.size(); i++) {
      long sequence = floor + i;
      if (lost.contains(sequence)) {
        assertThat(placeholders).contains(sequence);
      } else {
        assertThat(left.get(i)).as("event " + sequence).isEqualTo(events.get((int) sequence));
      }
    }
    assertThat(placeholders).isEqualTo(lost.tailSet(floor));
    assertThat(report.lostEvents()).isEqualTo(lost.size());
    assertThat(report.events()).isEqualTo(left.size() - placeholders.size());
    VerifyReport verified = JournalVerifier.verify(report.target());
    assertThat(verified.findings())
        .as(verified.toText())
        .noneMatch(finding -> finding.severity() != Severity.NOTE);
    EventfulStore.session(report.target(), 3, 5);
    verified = JournalVerifier.verify(report.target());
    assertThat(verified.count(Severity.ERROR)).as(verified.toText()).isZero();
  }

  private static TreeSet<Long> placeholders(Path store) {
    TreeSet<Long> found = new TreeSet<>();
    try (EventLogReader log = EventLogReader.open(store, EventTypes.builtin());
        Tailer tailer = log.tailer().types(BuiltinTypes.EVENT_LOST.id()).open()) {
      while (tailer.poll(event -> found.add(event.sequence()), 1_000) > 0) {
        continue;
      }
    }
    return found;
  }

  @Test
  void ofASoundStoreNothingIsLost() {
    SalvageReport report = salvage();

    assertThat(report.complete()).as(report.toText()).isTrue();
    assertThat(report.toText()).contains("nothing is lost");
    assertThat(report.lastSequence()).isEqualTo(events.size() - 1);
    assertThat(report.blobs()).isPositive();
    assertSalvaged(report);
    assertThat(ManifestFile.read(report.target()).storeId())
        .isNotEqualTo(ManifestFile.read(store).storeId());
  }

  @Test
  void exactlyTheEventsOfADamagedFrameAreLost() throws IOException {
    long segment = segments().get(0);
    Place hit =
        frames(segment).stream()
            .filter(f -> f.kind() == FrameFormat.KIND_EVENTS)
            .skip(3)
            .findFirst()
            .orElseThrow();
    flip(segment, hit.offset() + FrameFormat.HEADER_LENGTH + 2);

    SalvageReport report = salvage();

    assertThat(report.lost()).hasSize(1);
    Lost lost = report.lost().get(0);
    assertThat(lost.segment()).isEqualTo(segment);
    assertThat(lost.firstSequence()).isEqualTo(hit.first());
    assertThat(lost.lastSequence()).isEqualTo(hit.last());
    assertThat(lost.fromOffset()).isLessThanOrEqualTo(hit.offset());
    assertThat(lost.toOffset()).isGreaterThanOrEqualTo(hit.offset() + hit.length());
    assertThat(report.toText())
        .contains("LOST: segment " + segment)
        .contains("sequences " + hit.first() + " to " + hit.last());
    assertThat(report.toJson().get("lost").get(0).get("firstSequence").asLong())
        .isEqualTo(hit.first());
    assertSalvaged(report);
  }

  @Test
  void aDamagedDocumentHeaderOfChronicleLosesNothing() throws IOException {
    long segment = segments().get(0);
    Place hit = frames(segment).get(6);
    flip(segment, hit.offset() - 4);

    SalvageReport report = salvage();

    assertThat(report.lostEvents()).isZero();
    assertSalvaged(report);
  }

  @Test
  void aMissingSegmentInTheMiddleBecomesPlaceholders() {
    long segment = segments().get(1);
    SegmentEntry gone = entry(segment);
    DirectoryTree.delete(SegmentFiles.folder(store, segment));

    SalvageReport report = salvage();

    assertThat(report.lost()).hasSize(1);
    assertThat(report.lost().get(0).fromOffset()).isEqualTo(-1);
    assertThat(report.lost().get(0).firstSequence()).isEqualTo(gone.firstSequence());
    assertThat(report.lost().get(0).lastSequence()).isEqualTo(gone.lastSequence());
    assertSalvaged(report);
  }

  @Test
  void aMissingFirstSegmentRaisesTheFloor() {
    SegmentEntry second = entry(segments().get(1));
    DirectoryTree.delete(SegmentFiles.folder(store, segments().get(0)));

    SalvageReport report = salvage();

    assertThat(report.firstSequence()).isEqualTo(second.firstSequence());
    assertThat(report.notes()).anyMatch(note -> note.contains("the floor is"));
    assertThat(report.lostEvents()).isEqualTo(second.firstSequence());
    assertSalvaged(report);
  }

  @Test
  void aMissingLastSegmentIsToldByTheManifest() {
    List<Long> all = segments();
    int last = all.size() - 1;
    while (entry(all.get(last)).lastSequence() < entry(all.get(last)).firstSequence()) {
      last--; // A roll may come behind the last event.
    }
    for (long number : all.subList(last, all.size())) {
      DirectoryTree.delete(SegmentFiles.folder(store, number));
    }

    SalvageReport report = salvage();

    assertThat(report.lastSequence()).isEqualTo(events.size() - 1);
    assertThat(report.lostEvents()).isPositive();
    assertSalvaged(report);
  }

  @Test
  void withoutAManifestEveryFrameIsFound() throws IOException {
    Files.delete(ManifestFile.path(store));

    SalvageReport report = salvage();

    assertThat(report.lostEvents()).isZero();
    assertThat(report.notes()).anyMatch(note -> note.contains("the manifest is missing"));
    assertSalvaged(report);
  }

  @Test
  void lostNamesAreTakenFromLaterSegments() throws IOException {
    for (Place frame : frames(segments().get(0))) {
      if (frame.kind() == FrameFormat.KIND_DICTIONARY) {
        flip(segments().get(0), frame.offset() + 10);
      }
    }

    SalvageReport report = salvage();

    assertThat(report.lostEvents()).isZero();
    assertThat(report.lost()).isNotEmpty();
    assertSalvaged(report);
  }

  @Test
  void damagedBlobsAreNamed() throws IOException {
    try (Stream<Path> files = Files.walk(store.resolve("blobs"))) {
      Path blob =
          files.filter(Files::isRegularFile).filter(f -> size(f) > 100).findFirst().orElseThrow();
      edit(
          blob,
          bytes -> {
            bytes[20] ^= 1;
            return bytes;
          });
    }

    SalvageReport report = salvage();

    assertThat(report.lostEvents()).isZero();
    assertThat(report.lostBlobs()).isNotEmpty();
    assertThat(report.complete()).isFalse();
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  @Test
  void anyDamageOfTheJournalLosesOnlyWhatItHit() throws IOException {
    SplittableRandom random = new SplittableRandom(EventfulStore.SEED);
    System.out.println("seed " + EventfulStore.SEED);
    List<Long> all = segments();
    for (int round = 0; round < ROUNDS; round++) {
      long segment = all.get(random.nextInt(all.size()));
      Path file = SegmentFiles.queueFile(store, segment);
      byte[] whole = Files.readAllBytes(file);
      int kind = random.nextInt(4);
      int at = random.nextInt(whole.length);
      edit(file, bytes -> damaged(bytes, kind, at));

      SalvageReport report = Salvage.salvage(store, directory.resolve("new-" + round));

      assertSalvaged(report);
      assertThat(report.lostEvents()).as("kind " + kind + " at " + at).isLessThan(events.size());
      DirectoryTree.delete(report.target());
      Files.write(file, whole);
    }
  }

  private static byte[] damaged(byte[] bytes, int kind, int at) {
    switch (kind) {
      case 0 -> bytes[at] ^= 4;
      case 1 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4_096), (byte) 0);
      case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 512), (byte) 0x52);
      default -> {
        return Arrays.copyOf(bytes, at);
      }
    }
    return bytes;
  }

  @Test
  void aStoreInUseAMissingOneAndATakenTargetAreRefused() throws IOException {
    Path taken = Files.createDirectory(directory.resolve("new"));
    assertThatThrownBy(this::salvage)
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining("already");
    Files.delete(taken);
    assertThatThrownBy(() -> Salvage.salvage(directory.resolve("none"), taken))
        .isInstanceOf(StoreNotFoundException.class);
    try (EventLog log = EventfulStore.builder(store).build()) {
      assertThat(log.lastSequence()).isPositive();
      assertThatThrownBy(this::salvage).isInstanceOf(dev.ringfold.StoreLockedException.class);
    }
    Manifest manifest = ManifestFile.read(store);
    assertThat(manifest.state()).isEqualTo(Manifest.State.CLEAN);
  }

  @Test
  void theHistoryOfEventTypesGoesWithTheEvents() throws IOException {
    SalvageReport report = salvage();

    assertThat(report.complete()).isTrue();
    assertThat(report.target().resolve("schemas")).hasSameBinaryContentAs(store.resolve("schemas"));
  }

  @Test
  void aDamagedHistoryOfEventTypesIsListedAsLost() throws IOException {
    edit(
        store.resolve("schemas"),
        bytes -> {
          bytes[bytes.length / 2] ^= 1;
          return bytes;
        });

    SalvageReport report = salvage();

    assertThat(report.complete()).isFalse();
    assertThat(report.toText()).contains("LOST: the history of event types: ");
    assertThat(report.target().resolve("schemas")).doesNotExist();
    assertSalvaged(report);
  }
}
