// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.io.SourceFile;
import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The list of a directory's backups, oldest first, {@code backup_metadata.json}:
 *
 * <pre>
 * {"backups":[{"backup_file":"s-1.json.zlib","backup_id":"s-1","bytes":9,"encoding":"zlib",
 *   "file":"/path/s.json","sha256":"...","stored_bytes":17,"timestamp":"..."}],"version":"1.0"}
 * </pre>
 *
 * {@code encoding} is {@code zlib}, or {@code copy} when the file was compressed already.
 */
final class BackupList {
  private static final String VERSION = "1.0";

  private final Path directory;
  private final List<Backup> backups = new ArrayList<>();
  private final Map<String, Boolean> copies = new HashMap<>();

  private BackupList(Path directory) {
    this.directory = directory;
  }

  /** The list; empty when there is none. */
  static BackupList read(Path directory) {
    BackupList list = new BackupList(directory);
    Path file = directory.resolve(Backups.METADATA);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return list;
    }
    byte[] json = SourceFile.readAll(file, FormatLimits.DEFAULT.maxHeaderBytes());
    JsonFields fields =
        JsonFields.of(
            CanonicalJson.parseObject(json, file.toString(), FormatLimits.DEFAULT),
            file.toString());
    if (!fields.string("version").equals(VERSION)) {
      throw new FormatException(file + ": expected version " + VERSION);
    }
    for (JsonFields entry : fields.objects("backups")) {
      list.add(backup(entry, directory), entry.string("encoding").equals("copy"));
    }
    return list;
  }

  private static Backup backup(JsonFields entry, Path directory) {
    String name = entry.string("backup_file");
    Path file = directory.resolve(name).normalize();
    if (name.isEmpty() || !directory.equals(file.getParent())) {
      throw new FormatException(entry.where() + ": '" + name + "' is not a file of " + directory);
    }
    String source = entry.string("file");
    Path original = Path.of(source).normalize();
    if (!original.isAbsolute()) {
      throw new FormatException(entry.where() + ": '" + source + "' is not an absolute path");
    }
    return new Backup(
        entry.string("backup_id"),
        original,
        file,
        StateTimes.parse(entry.string("timestamp"), entry.where()),
        number(entry, "bytes"),
        number(entry, "stored_bytes"),
        entry.string("sha256"));
  }

  private static long number(JsonFields entry, String key) {
    Object value = entry.map().get(key);
    if (value instanceof Long number && number >= 0) {
      return number;
    }
    throw new FormatException(entry.where() + "." + key + ": expected a length but found " + value);
  }

  List<Backup> backups() {
    return List.copyOf(backups);
  }

  boolean has(String id) {
    return copies.containsKey(id);
  }

  boolean isCopy(Backup backup) {
    return copies.getOrDefault(backup.id(), false);
  }

  void add(Backup backup, boolean copy) {
    if (copies.put(backup.id(), copy) != null) {
      throw new FormatException(directory + ": the backup '" + backup.id() + "' is there twice");
    }
    backups.add(backup);
  }

  void remove(Backup backup) {
    backups.remove(backup);
    copies.remove(backup.id());
  }

  void write() {
    List<Object> entries = new ArrayList<>();
    for (Backup backup : backups) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("backup_id", backup.id());
      entry.put("file", backup.file().toString());
      entry.put("backup_file", String.valueOf(backup.backup().getFileName()));
      entry.put("timestamp", StateTimes.format(backup.takenAt()));
      entry.put("bytes", backup.bytes());
      entry.put("stored_bytes", backup.storedBytes());
      entry.put("sha256", backup.sha256());
      entry.put("encoding", isCopy(backup) ? "copy" : "zlib");
      entries.add(entry);
    }
    TargetFile.write(
        directory.resolve(Backups.METADATA),
        CanonicalJson.bytes(Map.of("version", VERSION, "backups", entries)));
  }
}
