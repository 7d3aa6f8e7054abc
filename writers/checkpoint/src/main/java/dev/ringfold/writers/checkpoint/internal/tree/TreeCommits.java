// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.projections.Position;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commits of the checkpoints' trees, a file each, {@code <20 digits sequence>.json}: canonical
 * JSON on one line, with a checksum as its last field.
 *
 * <pre>
 * {"checkpoints":[{"epoch":3,"expired":false,...},...],   see {@link TreeEntry#commitJson}
 *  "format":1,"frameCrc":"0badcafe","projection":"checkpoints","sequence":1234,"version":1,
 *  "crc32c":"01234567"}
 * </pre>
 *
 * {@code frameCrc} is the CRC32C of the journal's frame with the last event consumed; {@code
 * crc32c} is of all bytes before the comma in front of it. Used by one thread.
 */
final class TreeCommits {
  /** Commits that are kept, so that an output can be rolled back. */
  static final int KEPT = 4;

  private static final int FORMAT = 1;
  private static final int MAX_BYTES = 256 << 20;
  private static final String END = ",\"crc32c\":\"";
  private static final int END_LENGTH = END.length() + 8 + 3;
  private static final FormatLimits LIMITS =
      new FormatLimits(MAX_BYTES, MAX_BYTES, MAX_BYTES, 1 << 20, 64, 100);
  private static final Pattern NAME = Pattern.compile("[0-9]{20}\\.json");
  private static final Logger LOG = LoggerFactory.getLogger(TreeCommits.class);

  private final Path directory;
  private final Path temporary;
  private final String projection;
  private final int version;

  TreeCommits(Path directory, Path temporary, String projection, int version) {
    this.directory = directory;
    this.temporary = temporary;
    this.projection = projection;
    this.version = version;
  }

  /**
   * A commit.
   *
   * @param position of the last event consumed
   * @param entries the checkpoints
   */
  record Commit(Position position, List<TreeEntry> entries) {}

  /** Makes a commit durable, and deletes those that are too old. */
  void write(Position position, TreeState state) throws IOException {
    Path target = file(position.sequence());
    DurableFile.write(target, temporary, format(position, state), "checkpoint.commit");
    deleteOld();
  }

  private void deleteOld() throws IOException {
    List<Path> files = files();
    for (Path old : files.subList(Math.min(KEPT, files.size()), files.size())) {
      Files.deleteIfExists(old);
    }
  }

  private byte[] format(Position position, TreeState state) {
    Map<String, Object> json =
        Map.of(
            "checkpoints",
            state.entries().stream().map(TreeEntry::commitJson).toList(),
            "format",
            FORMAT,
            "frameCrc",
            HexFormat.of().toHexDigits(position.frameCrc()),
            "projection",
            projection,
            "sequence",
            position.sequence(),
            "version",
            version);
    byte[] text = CanonicalJson.bytes(json);
    int length = text.length - 1; // Without the last bracket.
    byte[] end = end(text, length);
    byte[] all = Arrays.copyOf(text, length + end.length);
    System.arraycopy(end, 0, all, length, end.length);
    return all;
  }

  private static byte[] end(byte[] text, int length) {
    CRC32C crc = new CRC32C();
    crc.update(text, 0, length);
    String digits = HexFormat.of().toHexDigits((int) crc.getValue());
    return (END + digits + "\"}\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** The commits that can be read and are this projection's, newest first. */
  List<Commit> usable() throws IOException {
    List<Commit> usable = new ArrayList<>();
    for (Path file : files()) {
      Commit commit = read(file);
      if (commit != null) {
        usable.add(commit);
      }
    }
    return usable;
  }

  /** The version the newest commit says; empty when there is none that says it. */
  OptionalInt newestVersion() throws IOException {
    for (Path file : files()) {
      try {
        byte[] bytes = Files.readAllBytes(file);
        JsonFields json =
            JsonFields.of(
                CanonicalJson.parseObject(bytes, file.toString(), LIMITS), file.toString());
        return OptionalInt.of(json.integer("version", 0, Integer.MAX_VALUE));
      } catch (NoSuchFileException | IllegalArgumentException | FormatException e) {
        LOG.debug("Commit {} does not say its version", file, e);
      }
    }
    return OptionalInt.empty();
  }

  /** File of the newest commit, damaged or not; null when there is none. */
  @Nullable Path newestFile() throws IOException {
    List<Path> files = files();
    return files.isEmpty() ? null : files.get(0);
  }

  private @Nullable Commit read(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException("larger than " + MAX_BYTES + " bytes");
      }
      return parse(file, Files.readAllBytes(file));
    } catch (NoSuchFileException pruned) {
      return null;
    } catch (IllegalArgumentException | FormatException e) {
      LOG.warn("Commit {} is damaged and passed over for an older one: {}", file, e.getMessage());
      return null;
    }
  }

  /** Null for a commit of another version. */
  private @Nullable Commit parse(Path file, byte[] bytes) {
    int length = Math.max(0, bytes.length - END_LENGTH);
    if (!Arrays.equals(end(bytes, length), Arrays.copyOfRange(bytes, length, bytes.length))) {
      throw new IllegalArgumentException("its checksum does not match its bytes");
    }
    JsonFields json =
        JsonFields.of(CanonicalJson.parseObject(bytes, file.toString(), LIMITS), file.toString());
    json.integer("format", FORMAT, FORMAT);
    if (!json.string("projection").equals(projection)
        || json.integer("version", 0, Integer.MAX_VALUE) != version) {
      return null;
    }
    if (!(json.map().get("sequence") instanceof Long sequence) || !file(sequence).equals(file)) {
      throw new IllegalArgumentException("it is of another sequence than its name says");
    }
    int crc = HexFormat.fromHexDigits(json.string("frameCrc"));
    List<TreeEntry> entries =
        json.objects("checkpoints").stream().map(entry -> TreeEntry.parse(entry.map())).toList();
    return new Commit(new Position(sequence, crc), entries);
  }

  /** Deletes the commits above a sequence, and what a crash left of those that are too old. */
  void deleteAbove(long sequence) throws IOException {
    boolean deleted = false;
    for (Path file : files()) {
      if (sequenceOf(file) > sequence) {
        Files.delete(file);
        deleted = true;
      }
    }
    if (deleted) {
      DurableFile.forceDirectory(directory);
    }
    deleteOld();
  }

  private Path file(long sequence) {
    return directory.resolve(String.format(Locale.ROOT, "%020d.json", sequence));
  }

  private static long sequenceOf(Path file) {
    return Long.parseLong(String.valueOf(file.getFileName()).substring(0, 20));
  }

  /** All commit files, newest first. */
  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (NAME.matcher(String.valueOf(entry.getFileName())).matches()) {
          files.add(entry);
        }
      }
    } catch (NoSuchFileException absent) {
      return List.of();
    }
    files.sort(Collections.reverseOrder());
    return files;
  }
}
