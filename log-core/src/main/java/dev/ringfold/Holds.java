// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.io.NamedTextFiles;
import dev.ringfold.internal.journal.ManifestFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pins that keep the journal from a sequence on: of projections that have no snapshot above it, of
 * forks, of people. One file each in the store's directory {@code holds/}:
 *
 * <pre>
 * ringfold-hold 1
 * sequence &lt;lowest sequence needed&gt;
 * reason &lt;one line for people&gt;
 * crc32c &lt;8 hex, CRC32C of all bytes before this line&gt;
 * </pre>
 *
 * <p>Any thread. Only the process that has the log open for writing should {@link #put}: in it a
 * hold and a retention that is under way take turns.
 */
public final class Holds {
  /** Directory inside the store. */
  static final String DIRECTORY = "holds";

  private static final String REMEDY =
      "Retention waits until it is deleted or put again; its owner knows the sequence";

  private final Path store;
  private final NamedTextFiles files;
  private final Object turn;

  /**
   * @param turn held while holds are read and the floor is raised
   */
  Holds(Path store, Object turn) {
    this.store = store;
    this.turn = turn;
    files = new NamedTextFiles(store.resolve(DIRECTORY), "ringfold-hold 1", REMEDY, null);
  }

  /** A pin: the lowest sequence needed, and why. */
  public record Hold(String name, long sequence, String reason) {}

  /**
   * Sets or moves a hold; when this returns it survives a power loss.
   *
   * @param name 1 to 100 of the characters {@code A-Za-z0-9._-}, not beginning with a dot
   * @param sequence lowest sequence that must stay
   * @param reason for people, one line
   * @throws SegmentRetiredException when the sequence is below the floor already
   */
  public void put(String name, long sequence, String reason) {
    synchronized (turn) {
      long floor = ManifestFile.read(store).floorSequence();
      if (sequence < floor) {
        throw SegmentRetiredException.of(store, sequence, floor);
      }
      files.write(name, List.of("sequence " + sequence, "reason " + reason));
    }
  }

  /**
   * The hold of this name.
   *
   * @throws CorruptJournalException when its file is damaged
   */
  public Optional<Hold> find(String name) {
    List<String> lines = files.read(name);
    if (lines == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Hold(name, files.number(name, lines, "sequence"), files.value(name, lines, "reason")));
  }

  /**
   * All holds by name.
   *
   * @throws CorruptJournalException when a file is damaged
   */
  public List<Hold> list() {
    List<Hold> holds = new ArrayList<>();
    for (String name : files.names()) {
      find(name).ifPresent(holds::add);
    }
    return holds;
  }

  /** Ends a hold; false when there was none. */
  public boolean remove(String name) {
    return files.delete(name);
  }
}
