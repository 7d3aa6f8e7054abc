// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.SchemaChangedException;
import dev.ringfold.event.EventSchema;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
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
 * Which versions of which event types a store was opened with: a file in the store, which an open
 * for writing extends before it writes anything else.
 *
 * <pre>
 * ringfold-schemas 1
 * schema &lt;type id&gt; &lt;version&gt; &lt;session&gt; &lt;sha256, 64 hex&gt; &lt;name&gt; &lt;fields&gt;
 * ...
 * crc32c &lt;8 hex, CRC32C of all bytes before this line&gt;
 * </pre>
 *
 * <p>The session is the first one with that version, the hash is {@link EventSchema#sha256}. A
 * version whose fields are no longer those of the file is refused: events of both would lie in the
 * journal under one number. Stateless; the caller holds the store's lock to {@link #apply}.
 */
public final class SchemaHistory {
  /** The file's name in the store. */
  public static final String FILE = "schemas";

  private static final String HEADER = "ringfold-schemas 1";
  private static final String KEY = "schema";
  private static final int MAX_BYTES = 16 << 20;
  private static final int PARTS = 7;
  private static final String REMEDY =
      "Delete it: the next open begins a new history, and cannot compare with the old one";

  private SchemaHistory() {}

  /** One version of a type and the first session that was opened with it. */
  public record Applied(EventSchema schema, long session, String sha256) {}

  /**
   * Compares the types with the store's history and adds those versions that are new.
   *
   * @param session number of the open that is under way
   * @throws SchemaChangedException when a version has other fields than before; nothing is written
   */
  public static void apply(Path store, EventTypes types, long session) {
    List<Applied> history = new ArrayList<>(read(store));
    int before = history.size();
    for (EventSchema schema : check(store, history, types)) {
      history.add(new Applied(schema, session, schema.sha256()));
    }
    if (history.size() > before) {
      List<String> lines = history.stream().map(SchemaHistory::line).toList();
      DurableFile.write(
          store.resolve(FILE),
          store.resolve(ManifestFile.TEMPORARY_DIRECTORY),
          CheckedText.format(HEADER, lines, MAX_BYTES));
    }
  }

  /**
   * Compares the types with the store's history.
   *
   * @throws SchemaChangedException when a version has other fields than before
   */
  public static void check(Path store, EventTypes types) {
    check(store, read(store), types);
  }

  private static List<EventSchema> check(Path store, List<Applied> history, EventTypes types) {
    List<EventSchema> added = new ArrayList<>();
    for (EventType<?> type : types.all()) {
      EventSchema schema = EventSchema.of(type);
      Applied known = find(history, schema);
      if (known == null) {
        added.add(schema);
      } else if (!known.sha256().equals(schema.sha256())) {
        throw changed(store, known, schema);
      }
    }
    return added;
  }

  private static @Nullable Applied find(List<Applied> history, EventSchema schema) {
    for (Applied one : history) {
      if (one.schema().typeId() == schema.typeId() && one.schema().version() == schema.version()) {
        return one;
      }
    }
    return null;
  }

  private static SchemaChangedException changed(Path store, Applied known, EventSchema found) {
    return new SchemaChangedException(
        "Version "
            + found.version()
            + " of event type "
            + found.typeId()
            + " was "
            + known.schema().name()
            + "("
            + known.schema().fields()
            + ") when session "
            + known.session()
            + " of "
            + store
            + " used it first, and is now "
            + found.name()
            + "("
            + found.fields()
            + "). Raise schemaVersion to "
            + (found.version() + 1)
            + " and add an upcaster from version "
            + found.version()
            + "; if the bytes are the same, Upcaster.unchanged("
            + found.version()
            + ")");
  }

  /**
   * The history of a store, oldest first; empty when it has none yet.
   *
   * @throws CorruptJournalException when the file is damaged
   */
  public static List<Applied> read(Path store) {
    Path file = store.resolve(FILE);
    byte[] bytes;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw damaged(file, "it has more than " + MAX_BYTES + " bytes");
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
    List<Applied> history = new ArrayList<>();
    for (String line : CheckedText.parse(file, HEADER, bytes, REMEDY)) {
      history.add(parse(file, line));
    }
    return history;
  }

  private static String line(Applied one) {
    EventSchema schema = one.schema();
    return String.join(
        " ",
        KEY,
        Integer.toString(schema.typeId()),
        Integer.toString(schema.version()),
        Long.toString(one.session()),
        one.sha256(),
        schema.name(),
        schema.fields());
  }

  private static Applied parse(Path file, String line) {
    String[] parts = line.split(" ", PARTS);
    try {
      if (parts.length == PARTS && parts[0].equals(KEY)) {
        return new Applied(
            new EventSchema(
                Integer.parseInt(parts[1]), parts[5], Integer.parseInt(parts[2]), parts[6]),
            Long.parseLong(parts[3]),
            parts[4]);
      }
    } catch (NumberFormatException e) {
      throw damaged(file, "'" + line + "' should have numbers behind '" + KEY + "'");
    }
    throw damaged(file, "'" + line + "' is no line of it");
  }

  private static CorruptJournalException damaged(Path file, String problem) {
    return new CorruptJournalException(file, -1, -1, problem, REMEDY);
  }
}
