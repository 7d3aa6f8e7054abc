// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.internal.io.CheckedText;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backups that were taken of a store, as far as it was told: the file {@code backups} inside
 * it, a {@link CheckedText}. So the error about a sequence that retention has deleted can say where
 * it still is. For people.
 *
 * <pre>
 * ringfold-backups 1
 * backup &lt;first sequence&gt; &lt;last sequence&gt; &lt;path of the backup&gt;      (one line each, oldest first)
 * crc32c &lt;8 hex&gt;
 * </pre>
 *
 * <p>Written by whoever takes or deletes a backup, by replacing the file. Stateless; any thread.
 */
public final class KnownBackups {
  /** Name inside the store. */
  public static final String FILE = "backups";

  /** Most backups that are remembered; the oldest are forgotten. */
  public static final int MAX_BACKUPS = 256;

  /** Most characters of a path; a backup at a longer one is not remembered. */
  private static final int MAX_PATH = 200;

  private static final String HEADER = "ringfold-backups 1";
  private static final String KEY = "backup ";
  private static final String REMEDY = "Delete it; it only names backups";

  /**
   * A backup.
   *
   * @param firstSequence of its own events, or for an incremental one of those it brings
   * @param path its directory or file
   */
  public record Known(long firstSequence, long lastSequence, String path) {}

  private KnownBackups() {}

  /** The backups, oldest first; none when there is no file or it is damaged. */
  public static List<Known> list(Path store) {
    Path file = store.resolve(FILE);
    List<Known> known = new ArrayList<>();
    try {
      if (Files.size(file) > CheckedText.MAX_BYTES) {
        return known;
      }
      for (String line : CheckedText.parse(file, HEADER, Files.readAllBytes(file), REMEDY)) {
        String[] words = line.split(" ", 4);
        if (line.startsWith(KEY) && words.length == 4) {
          known.add(new Known(Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]));
        }
      }
      return known;
    } catch (NoSuchFileException none) {
      return known;
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    } catch (CorruptJournalException | NumberFormatException damaged) {
      return new ArrayList<>();
    }
  }

  /**
   * The newest backup that has the sequence, and is there as far as can be seen; else the newest
   * that had it. Null when none is known.
   */
  public static @Nullable Known find(Path store, long sequence) {
    Known found = null;
    boolean there = false;
    for (Known known : list(store)) {
      boolean exists = Files.exists(Path.of(known.path));
      if (known.firstSequence <= sequence && sequence <= known.lastSequence && (exists || !there)) {
        found = known;
        there = exists;
      }
    }
    return found;
  }

  /** Notes a backup that was taken. */
  public static void add(Path store, Known backup) {
    List<Known> known = list(store);
    known.removeIf(other -> other.path.equals(backup.path));
    if (backup.path.length() <= MAX_PATH && backup.path.indexOf('\n') < 0) {
      known.add(backup);
    }
    write(store, known);
  }

  /** Forgets the backup at a path; nothing when it is not known. */
  public static void remove(Path store, String path) {
    List<Known> known = list(store);
    if (known.removeIf(other -> other.path.equals(path))) {
      write(store, known);
    }
  }

  private static void write(Path store, List<Known> known) {
    List<Known> kept = known.subList(Math.max(0, known.size() - MAX_BACKUPS), known.size());
    List<String> lines =
        kept.stream()
            .map(b -> KEY + b.firstSequence + " " + b.lastSequence + " " + b.path)
            .toList();
    DurableFile.write(
        store.resolve(FILE),
        store.resolve(ManifestFile.TEMPORARY_DIRECTORY),
        CheckedText.format(HEADER, lines));
  }
}
