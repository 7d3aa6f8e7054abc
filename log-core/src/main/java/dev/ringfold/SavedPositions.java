// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.io.NamedTextFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Named reading positions of consumers that have no place of their own to keep them, in the store's
 * directory {@code positions/}. Each is one file:
 *
 * <pre>
 * ringfold-position 1
 * sequence &lt;next sequence to read&gt;
 * holds &lt;true|false&gt;
 * crc32c &lt;8 hex, CRC32C of all bytes before this line&gt;
 * </pre>
 *
 * <p>Any thread and any process may save; a name should have one owner, since the last one wins. A
 * position is not part of the journal: a consumer that saves after its own work sees an event twice
 * when it dies between the two.
 */
public final class SavedPositions {
  /** Directory inside the store. */
  static final String DIRECTORY = "positions";

  private static final String REMEDY =
      "Find out where the consumer is, then delete the position and save it again";

  private final NamedTextFiles files;

  SavedPositions(Path store) {
    files = new NamedTextFiles(store.resolve(DIRECTORY), "ringfold-position 1", REMEDY, "position");
  }

  /**
   * A saved position.
   *
   * @param sequence the next sequence to read; everything below is done
   * @param holdsRetention whether retention waits for this consumer
   */
  public record Position(String name, long sequence, boolean holdsRetention) {}

  /**
   * Saves a position; when this returns it survives a power loss.
   *
   * @param name 1 to 100 of the characters {@code A-Za-z0-9._-}, not beginning with a dot
   * @param sequence the next sequence to read
   * @param holdsRetention whether retention must not delete that sequence or a later one
   * @throws StoreAccessException when the store cannot be written
   */
  public void save(String name, long sequence, boolean holdsRetention) {
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence must be >= 0 but was " + sequence);
    }
    files.write(name, List.of("sequence " + sequence, "holds " + holdsRetention));
  }

  /**
   * The position of this name.
   *
   * @throws CorruptJournalException when its file is damaged
   */
  public Optional<Position> find(String name) {
    List<String> lines = files.read(name);
    if (lines == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Position(
            name,
            files.number(name, lines, "sequence"),
            Boolean.parseBoolean(files.value(name, lines, "holds"))));
  }

  /**
   * All positions by name.
   *
   * @throws CorruptJournalException when a file is damaged
   */
  public List<Position> list() {
    List<Position> positions = new ArrayList<>();
    for (String name : files.names()) {
      find(name).ifPresent(positions::add);
    }
    return positions;
  }

  /** Forgets a position; false when there was none. */
  public boolean delete(String name) {
    return files.delete(name);
  }
}
