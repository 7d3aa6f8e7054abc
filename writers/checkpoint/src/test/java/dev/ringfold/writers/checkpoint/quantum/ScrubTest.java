// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static dev.ringfold.writers.checkpoint.quantum.QuantumStoreTest.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.ScrubCompleted;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubTest {
  @TempDir Path directory;

  private QuantumStore raw() {
    return QuantumStore.builder(directory).policy(StatePolicy.RAW).open();
  }

  @Test
  void wholeStoreScrubsCleanAndSaysSoInTheLog() {
    try (QuantumStore store = raw()) {
      store.save(state("a", 10).vector(States.random(10, 1)).build()).join();
      store.save(state("b", 4).recipe(Recipe.of(States.ghzCircuit(4))).build()).join();

      ScrubReport report = store.scrub();

      assertThat(report.damaged()).isEmpty();
      assertThat(report.checked()).isEqualTo(2);
      assertThat(report.bytes()).isEqualTo(store.stats().storedBytes());
      assertThat(scrubs(store.log())).containsExactly(new ScrubCompleted(report.bytes(), 2, 0, ""));
    }
  }

  @Test
  void versionsThatAreRemovedDuringAScrubAreNoDamage() {
    try (EventLog log = EventLog.open(directory)) {
      AtomicBoolean behind = new AtomicBoolean();
      StateRegistry registry =
          new StateRegistry(
              log::tailer, () -> behind.getAndSet(false) ? -1 : log.lastSequence(), "the store");
      try (QuantumStore store = QuantumStore.on(log).policy(StatePolicy.RAW).open()) {
        store.save(state("s", 14).vector(States.random(14, 1)).build()).join();
        store.save(state("s", 14).vector(States.random(14, 2)).build()).join();
        assertThat(registry.refresh().all()).hasSize(2);
        store.optimize();
      }
      StateFacts facts = new StateFacts(log, QuantumStore.STREAM, Duration.ofSeconds(60));
      behind.set(true); // The scrub begins with what was there before optimize().

      ScrubReport report =
          new StateScrubber(registry, new StateReader(log.blobs(), 20), facts, null).run();

      facts.close();
      assertThat(report.damaged()).isEmpty();
      assertThat(report.checked()).isEqualTo(1);
      assertThat(scrubs(log)).containsExactly(new ScrubCompleted(report.bytes(), 1, 0, ""));
    }
  }

  @Test
  void versionThatWasRemovedIsNotFoundAndNotDamaged() {
    try (EventLog log = EventLog.open(directory);
        QuantumStore store = QuantumStore.on(log).policy(StatePolicy.RAW).cache(0).open();
        EventLogReader other = EventLogReader.open(directory, EventTypes.builtin());
        StoredStates read = QuantumStates.open(other)) {
      SavedState gone = store.save(state("s", 14).vector(States.random(14, 1)).build()).join();
      store.save(state("s", 14).vector(States.random(14, 2)).build()).join();
      store.optimize();

      for (QuantumStates states : List.of(store, read)) {
        List<ThrowingCallable> reads =
            List.of(
                () -> states.load(gone),
                () -> states.loadStored(gone),
                () -> states.compressionMetrics(gone));
        for (ThrowingCallable each : reads) {
          assertThatThrownBy(each)
              .isInstanceOf(StateNotFoundException.class)
              .hasMessageContaining("s@" + gone.sequence())
              .hasMessageContaining("removed");
        }
      }
    }
  }

  private static List<ScrubCompleted> scrubs(EventLog log) {
    List<ScrubCompleted> found = new ArrayList<>();
    try (Tailer tailer = log.tailer().types(BuiltinTypes.SCRUB_COMPLETED.id()).open()) {
      while (tailer.poll(view -> found.add((ScrubCompleted) tailer.decode(view)), 10) > 0) {
        assertThat(found).hasSizeLessThan(1_000);
      }
    }
    return found;
  }

  @Test
  void everyFlippedByteOfTheMetadataIsFoundOnLoadAndByScrub() throws IOException {
    SavedState saved;
    try (QuantumStore store = raw()) {
      saved = store.save(state("only-metadata", 1).build()).join();
    }
    Path blob = fileWith("only-metadata");
    int length = (int) Files.size(blob);
    for (int at = 0; at < length; at += 37) {
      flip(blob, at);
      try (QuantumStore store = raw()) {
        assertThatThrownBy(() -> store.load("only-metadata"))
            .as("byte %d of %s", at, blob)
            .isInstanceOf(ChecksumMismatchException.class)
            .hasMessageContaining("Checksum mismatch")
            .hasMessageContaining("ringfold verify");
        ScrubReport report = store.scrub();
        assertThat(report.damaged()).as("byte %d", at).hasSize(1);
        assertThat(report.damaged().get(0)).startsWith("only-metadata@" + saved.sequence());
      }
      flip(blob, at);
    }
    try (QuantumStore store = raw()) {
      assertThat(store.load("only-metadata").confidence()).isEqualTo(0.9);
    }
  }

  @Test
  void damagedVectorNamesTheVersionThatIsWhole() throws IOException {
    SavedState good;
    SavedState bad;
    try (QuantumStore store = raw()) {
      good = store.save(state("s", 14).vector(States.random(14, 1)).build()).join();
      bad = store.save(state("s", 14).vector(States.random(14, 2)).build()).join();
    }
    Path blob = largest(bad);
    flip(blob, 1_000);
    try (QuantumStore store = raw()) {
      assertThatThrownBy(() -> store.load("s"))
          .isInstanceOfSatisfying(
              ChecksumMismatchException.class,
              e -> {
                assertThat(e.nearestGood()).contains("sequence " + good.sequence());
                assertThat(e.file()).contains("blobs");
              });
      assertThat(store.load(good).vector()).isEqualTo(States.random(14, 1));
      assertThat(store.scrub().damaged()).hasSize(1);
    }
  }

  @Test
  void scheduledScrubIsAnEvent() {
    try (QuantumStore store =
        QuantumStore.builder(directory).scrubEvery(Duration.ofMillis(20)).open()) {
      store.save(state("b", 4).recipe(Recipe.of(States.ghzCircuit(4))).build()).join();
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      List<ScrubCompleted> found = scrubs(store.log());
      while (found.stream().noneMatch(scrub -> scrub.checked() == 1)
          && System.nanoTime() < deadline) {
        Thread.onSpinWait();
        found = scrubs(store.log());
      }

      assertThat(found).anyMatch(scrub -> scrub.checked() == 1 && scrub.damaged() == 0);
    }
  }

  /** The file below blobs/ that holds a text. */
  private Path fileWith(String text) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("blobs"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> contains(file, text))
          .findFirst()
          .orElseThrow();
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
          .contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The vector's blob: the file that the last state brought, by its time. */
  private Path largest(SavedState saved) throws IOException {
    String manifest = saved.manifest().id().hex();
    try (Stream<Path> files = Files.walk(directory.resolve("blobs"))) {
      List<Path> all =
          files
              .filter(Files::isRegularFile)
              .filter(file -> size(file) > 100_000)
              .sorted((a, b) -> Long.compare(modified(a), modified(b)))
              .toList();
      assertThat(all).as("blobs of %s", manifest).hasSize(2);
      return all.get(1);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).to(java.util.concurrent.TimeUnit.NANOSECONDS);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void flip(Path file, long at) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 0x10));
      channel.write(one.flip(), at);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
  }
}
