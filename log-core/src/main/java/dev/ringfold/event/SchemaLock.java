// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.SchemaChangedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A file beside a program's sources that holds every version its event types ever had, with the
 * bytes of sample events, so that a test fails when somebody changes a type without a new version
 * and an upcaster. One line each, in the order they came:
 *
 * <pre>
 * schema &lt;type id&gt; &lt;version&gt; &lt;sha256&gt; &lt;name&gt; &lt;fields&gt;
 * golden &lt;type id&gt; &lt;version&gt; &lt;payload, hex&gt; &lt;the event as text&gt;
 * </pre>
 *
 * <p>The text of a golden line is what the newest version makes of the bytes. Used by one thread.
 */
public final class SchemaLock {
  private static final String SCHEMA = "schema";
  private static final String GOLDEN = "golden";
  private static final int SCHEMA_PARTS = 6;
  private static final int GOLDEN_PARTS = 5;
  private static final int MAX_LINES = 100_000;

  private final Path file;
  private final EventTypes types;
  private final List<String> problems = new ArrayList<>();

  private SchemaLock(Path file, EventTypes types) {
    this.file = file;
    this.types = types;
  }

  /**
   * Compares types with the file.
   *
   * @param file the lock file; may be missing when it is updated
   * @param types all types of the program
   * @param samples events of the newest versions, at least one for each type of the program's own
   * @param update whether new versions, and what upcasters make of old bytes, are written to the
   *     file; a version that changed is refused all the same
   * @throws SchemaChangedException with everything that does not fit and what to do
   */
  public static void check(
      Path file, EventTypes types, List<? extends Event> samples, boolean update) {
    SchemaLock lock = new SchemaLock(file, types);
    List<String> known = lock.read(update);
    List<String> wanted = new ArrayList<>();
    for (String line : known) {
      wanted.add(line.startsWith(SCHEMA) ? lock.schema(line) : lock.golden(line));
    }
    for (EventType<?> type : types.all()) {
      if (type.id() >= EventType.MIN_USER_ID) {
        lock.add(type, samples, wanted);
      }
    }
    if (!update && !wanted.equals(known)) {
      lock.differences(known, wanted);
    }
    if (!lock.problems.isEmpty()) {
      throw new SchemaChangedException(
          "Event types do not fit " + file + ": " + String.join("; ", lock.problems));
    }
    if (update) {
      lock.write(wanted);
    }
  }

  private List<String> read(boolean update) {
    try {
      if (update && Files.notExists(file)) {
        return List.of();
      }
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      if (lines.size() > MAX_LINES) {
        throw new SchemaChangedException(
            file + " has " + lines.size() + " lines, expected at most " + MAX_LINES);
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(
          file + " cannot be read; check once with update to make it: " + e, e);
    }
  }

  /** The same line, after it was compared with the type. */
  private String schema(String line) {
    String[] parts = parts(line, SCHEMA, SCHEMA_PARTS);
    EventType<?> type = types.byId(Integer.parseInt(parts[1]));
    int version = Integer.parseInt(parts[2]);
    if (type == null) {
      problems.add("type " + parts[4] + " is gone, but events of it may be in journals: keep it");
    } else if (version > type.schemaVersion()) {
      problems.add(type + " had version " + version + " already");
    } else if (version == type.schemaVersion() && !line.equals(line(type))) {
      problems.add(
          type
              + " was ("
              + parts[5]
              + ") and is ("
              + EventSchema.of(type).fields()
              + "): raise schemaVersion to "
              + (version + 1)
              + " and add an upcaster from version "
              + version);
    }
    return line;
  }

  /** The line with what the newest version makes of its bytes. */
  private String golden(String line) {
    String[] parts = parts(line, GOLDEN, GOLDEN_PARTS);
    EventType<?> type = types.byId(Integer.parseInt(parts[1]));
    int version = Integer.parseInt(parts[2]);
    if (type == null || version > type.schemaVersion()) {
      return line; // Its schema line has said so.
    }
    PayloadReader payload =
        new PayloadReader()
            .wrap(ByteBuffer.wrap(HexFormat.of().parseHex(parts[3])), 0, parts[3].length() / 2);
    try {
      return goldenLine(type.id(), version, parts[3], type.decode(version, payload));
    } catch (dev.ringfold.EventCodecException e) {
      problems.add("the golden bytes of " + type + " cannot be read any more: " + e.getMessage());
      return line;
    }
  }

  private void add(EventType<?> type, List<? extends Event> samples, List<String> wanted) {
    String schema = line(type);
    String start = String.join(" ", SCHEMA, "" + type.id(), "" + type.schemaVersion(), "");
    if (wanted.stream().anyMatch(line -> line.startsWith(start))) {
      return;
    }
    wanted.add(schema);
    List<? extends Event> own =
        samples.stream().filter(sample -> sample.getClass() == type.eventClass()).toList();
    if (own.isEmpty()) {
      problems.add(type + " has no sample event");
    }
    for (Event sample : own) {
      PayloadWriter payload = new PayloadWriter();
      type.encode(sample, payload);
      String hex = HexFormat.of().formatHex(payload.array(), 0, payload.length());
      wanted.add(goldenLine(type.id(), type.schemaVersion(), hex, sample));
    }
  }

  private void differences(List<String> known, List<String> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      if (i >= known.size()) {
        problems.add("new: " + wanted.get(i) + ". Check once with update and commit the file");
      } else if (!known.get(i).equals(wanted.get(i))) {
        problems.add("expected " + known.get(i) + " but found " + wanted.get(i));
      }
    }
  }

  private void write(List<String> lines) {
    try {
      Files.write(file, lines, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written: " + e, e);
    }
  }

  private static String line(EventType<?> type) {
    EventSchema schema = EventSchema.of(type);
    return String.join(
        " ",
        SCHEMA,
        Integer.toString(schema.typeId()),
        Integer.toString(schema.version()),
        schema.sha256(),
        schema.name(),
        schema.fields());
  }

  private static String goldenLine(int typeId, int version, String hex, Event event) {
    String text = event.toString().replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return String.join(" ", GOLDEN, Integer.toString(typeId), Integer.toString(version), hex, text);
  }

  private String[] parts(String line, String kind, int count) {
    String[] parts = line.split(" ", count);
    if (parts.length != count
        || !parts[0].equals(kind)
        || !parts[1].matches("[0-9]{1,5}")
        || !parts[2].matches("[0-9]{1,3}")) {
      throw new SchemaChangedException(
          file
              + ": expected a line of "
              + count
              + " parts that begins with schema or golden, found '"
              + line
              + "'");
    }
    return parts;
  }
}
