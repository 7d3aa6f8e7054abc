// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.replay.backup.EventfulStore;
import dev.ringfold.replay.salvage.Salvage;
import dev.ringfold.replay.salvage.SalvageReport;
import dev.ringfold.replay.salvage.SalvageReport.Lost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the fault harness damages, in any file: the rest is salvaged, and the loss is told. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SalvageDamageTest {
  private static final int ROUNDS = Integer.getInteger("ringfold.rounds", 8);

  @TempDir private Path directory;

  @Test
  void everyDamageOfAnyFileIsSurvived() throws IOException {
    Path store = directory.resolve("store");
    EventfulStore.session(store, 1, 80);
    EventfulStore.session(store, 2, 80);
    List<Integer> events = EventfulStore.events(store);
    SplittableRandom random = new SplittableRandom(EventfulStore.SEED);
    System.out.println("seed " + EventfulStore.SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Path copy = directory.resolve("copy-" + round);
      copy(store, copy);
      Damage damage = Damage.of(copy, random);
      damage.applyTo(copy);

      SalvageReport report = Salvage.salvage(copy, directory.resolve("new-" + round));

      check(report, events, damage);
      DirectoryTree.delete(copy);
      DirectoryTree.delete(report.target());
    }
  }

  private static void check(SalvageReport report, List<Integer> events, Damage damage) {
    TreeSet<Long> lost = new TreeSet<>();
    for (Lost place : report.lost()) {
      for (long sequence = place.firstSequence(); sequence <= place.lastSequence(); sequence++) {
        lost.add(sequence);
      }
    }
    List<Integer> left = EventfulStore.events(report.target());
    long floor = ManifestFile.read(report.target()).floorSequence();
    for (long sequence = 0; sequence < events.size(); sequence++) {
      if (!lost.contains(sequence)) {
        assertThat(sequence).isBetween(floor, floor + left.size() - 1);
        assertThat(left.get((int) (sequence - floor)))
            .as("event " + sequence + " after " + damage)
            .isEqualTo(events.get((int) sequence));
      }
    }
    boolean frames = damage.file().endsWith("19700101-0000.cq4");
    assertThat(lost.isEmpty() || frames).as("only frames hold events: " + damage).isTrue();
    VerifyReport verified = JournalVerifier.verify(report.target());
    assertThat(verified.intact()).as(verified.toText()).isTrue();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
