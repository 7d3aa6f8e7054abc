// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringfold.replay.Point;
import dev.ringfold.replay.backup.Backup.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backup that is not what it was is refused by name, and nothing is restored from it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DamagedBackupTest {
  private static final int FLIPS = Integer.getInteger("ringfold.rounds", 40);

  @TempDir private Path directory;

  private Path place() {
    return directory.resolve("backups");
  }

  private Backups taken(Form form) {
    Path store = directory.resolve("store");
    Backups backups = Backups.open(place());
    EventfulStore.session(store, 1, 30);
    backups.full(store, form);
    EventfulStore.session(store, 2, 20);
    backups.incremental(store, form);
    return backups;
  }

  private static CorruptBackupException seen(Backups backups, String why) {
    CorruptBackupException quick =
        catchThrowableOfType(
            CorruptBackupException.class, () -> backups.verify(Backups.NEWEST, true));
    assertThat(quick).as(why).isNotNull();
    return quick;
  }

  private CorruptBackupException refused(Backups backups, String why) {
    Path target = directory.resolve("restored");
    seen(backups, why);
    CorruptBackupException restored =
        catchThrowableOfType(
            CorruptBackupException.class,
            () -> backups.restore(Backups.NEWEST, new Point.End(), target));
    assertThat(restored).as(why).isNotNull();
    assertThat(target).doesNotExist();
    assertThat(directory.resolve("restored.restoring")).doesNotExist();
    return restored;
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void everyFlippedByteIsSeen(Form form) throws IOException {
    Backups backups = taken(form);
    List<Path> files = files();
    SplittableRandom random = new SplittableRandom(EventfulStore.SEED);
    System.out.println("seed " + EventfulStore.SEED);
    for (int round = 0; round < FLIPS; round++) {
      Path file = files.get(random.nextInt(files.size()));
      byte[] whole = Files.readAllBytes(file);
      byte[] flipped = whole.clone();
      int at = random.nextInt(whole.length);
      // Of an archive, the end is where most bytes mean something.
      at = random.nextBoolean() ? at : whole.length - 1 - random.nextInt(Math.min(400, at + 1));
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);

      String why = file + " at " + at;
      CorruptBackupException e = round % 4 == 0 ? refused(backups, why) : seen(backups, why);

      assertThat(e.getMessage()).contains(e.backup().toString(), "expected", "found");
      assertThat(file.toString()).startsWith(e.backup().toString());
      Files.write(file, whole);
    }
    assertThat(backups.verify(Backups.NEWEST, true).backups()).hasSize(2);
  }

  /** The files of all backups. */
  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(place())) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().matches(".*(full|incremental).*"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void everyCutFileIsSeen(Form form) throws IOException {
    Backups backups = taken(form);
    for (Path file : files()) {
      byte[] whole = Files.readAllBytes(file);
      for (int length : new int[] {0, whole.length / 2, whole.length - 1}) {
        if (whole.length > 0) {
          Files.write(file, Arrays.copyOf(whole, length));
          seen(backups, file + " cut to " + length);
        }
      }
      Files.write(file, Arrays.copyOf(whole, whole.length + 1));
      refused(backups, file + " one byte longer");
      Files.write(file, whole);
    }
  }

  @Test
  void missingAndForeignFilesAreNamed() throws IOException {
    Backups backups = taken(Form.DIRECTORY);
    for (Path file : files()) {
      Path away = directory.resolve("away");
      Files.move(file, away);
      CorruptBackupException e = refused(backups, file + " is missing");
      assertThat(file).isEqualTo(e.backup().resolve(e.file()));
      Files.move(away, file);
    }
    Path foreign = place().resolve("000002-incremental/frames-9.zst");
    Files.writeString(foreign, "not of this backup");
    assertThat(refused(backups, "a foreign file").file()).isEqualTo("frames-9.zst");
    Files.delete(foreign);
    Files.createSymbolicLink(foreign, files().get(0));
    refused(backups, "a link");
    Files.delete(foreign);
    assertThat(backups.verify(Backups.NEWEST, true).opened()).isFalse();
  }

  @Test
  void exchangedFilesAndMissingParentsAreSeen() throws IOException {
    Backups backups = taken(Form.DIRECTORY);
    Path full = place().resolve("000001-full");
    Path frames =
        files().stream()
            .filter(f -> f.toString().contains("000002-inc"))
            .filter(f -> f.toString().endsWith(".zst"))
            .findFirst()
            .orElseThrow();
    byte[] whole = Files.readAllBytes(frames);
    Path other =
        files().stream()
            .filter(f -> f.startsWith(full) && f.toString().endsWith(".zst"))
            .findFirst()
            .orElseThrow();
    Files.copy(other, frames, StandardCopyOption.REPLACE_EXISTING);
    refused(backups, "frames of another backup");
    Files.write(frames, whole);

    Files.move(full, place().resolve("away"));
    assertThat(refused(backups, "no parent")).hasMessageContaining("the backup 000001-full");
    Files.move(place().resolve("away"), full);
    Files.move(full, place().resolve("000003-full"));
    assertThat(backups.damaged()).hasSize(1);
  }

  @Test
  void aDamagedBackupDoesNotKeepAFullOneFromBeingTaken() throws IOException {
    Backups backups = taken(Form.DIRECTORY);
    Files.delete(place().resolve("000002-incremental/backup.json"));
    Path store = directory.resolve("store");
    assertThat(
            catchThrowableOfType(
                CorruptBackupException.class, () -> backups.incremental(store, Form.DIRECTORY)))
        .isNotNull();

    Backup full = backups.full(store, Form.DIRECTORY).backup();

    assertThat(full.id()).isEqualTo("000003-full");
    assertThat(backups.verify(full.id(), false).opened()).isTrue();
    assertThat(backups.intact()).hasSize(2);
    assertThat(backups.damaged()).hasSize(1);
  }
}
