// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.replay.backup.Backup.Form;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A backup that is open for reading: exactly the files that its description names are there, with
 * their lengths. What is in them is checked by who reads them. One thread.
 */
final class StoredBackup implements Closeable {
  private static final int READ_BYTES = 256 << 10;

  private final BackupSource source;
  private final Description description;
  private final Form form;

  private StoredBackup(BackupSource source, Description description, Form form) {
    this.source = source;
    this.description = description;
    this.form = form;
  }

  /**
   * Opens a backup.
   *
   * @throws CorruptBackupException when it is not what it says
   */
  static StoredBackup open(Path path) {
    boolean archive = Places.name(path).endsWith(Places.ARCHIVE_SUFFIX);
    try {
      BackupSource source = archive ? new ArchiveSource(path) : new DirectorySource(path);
      try {
        Description description = describe(source);
        checkFiles(source, description);
        checkName(path, description);
        return new StoredBackup(source, description, archive ? Form.ARCHIVE : Form.DIRECTORY);
      } catch (IOException | RuntimeException | Error e) {
        source.close();
        throw e;
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot read the backup", path, e);
    }
  }

  private static Description describe(BackupSource source) throws IOException {
    Long length = source.files().get(Description.FILE);
    if (length == null || length > DescriptionText.MAX_BYTES) {
      throw new CorruptBackupException(
          source.path(),
          Description.FILE,
          "at most " + DescriptionText.MAX_BYTES + " bytes",
          length == null ? "no such file" : length + " bytes");
    }
    try (InputStream in = source.open(Description.FILE)) {
      return DescriptionText.parse(source.path(), in.readNBytes((int) (long) length));
    }
  }

  private static void checkFiles(BackupSource source, Description description) {
    Map<String, Long> expected = new LinkedHashMap<>();
    description.frames().forEach(file -> expected.put(file.name(), file.bytes()));
    description.blobs().forEach(blob -> expected.put(blob.name(), blob.bytes()));
    Map<String, Long> found = new LinkedHashMap<>(source.files());
    found.remove(Description.FILE);
    expected.forEach(
        (name, bytes) -> {
          Long there = found.remove(name);
          if (!bytes.equals(there)) {
            throw new CorruptBackupException(
                source.path(),
                name,
                bytes + " bytes",
                there == null ? "no such file" : there + " bytes");
          }
        });
    if (!found.isEmpty()) {
      String name = found.keySet().iterator().next();
      throw new CorruptBackupException(source.path(), name, "no such file", "one");
    }
  }

  private static void checkName(Path path, Description description) {
    String name = Places.name(path);
    String id =
        name.endsWith(Places.ARCHIVE_SUFFIX)
            ? name.substring(0, name.length() - Places.ARCHIVE_SUFFIX.length())
            : name;
    if (!id.equals(description.id())) {
      throw new CorruptBackupException(path, Description.FILE, "backup " + id, description.id());
    }
  }

  Path path() {
    return source.path();
  }

  BackupSource source() {
    return source;
  }

  Description description() {
    return description;
  }

  /** What users see of it. */
  Backup backup() {
    Description d = description;
    return new Backup(
        d.id(),
        path(),
        form,
        d.parent(),
        d.storeId(),
        d.created(),
        d.firstSequence(),
        d.lastSequence(),
        d.lastSequence() - d.firstSequence() + 1,
        d.fileBytes() + source.files().getOrDefault(Description.FILE, 0L));
  }

  /**
   * Compares every file with its hash.
   *
   * @return bytes read
   */
  long checkHashes() {
    long bytes = 0;
    try {
      for (Description.Frames file : description.frames()) {
        bytes += checkHash(file.name(), file.sha256());
      }
      for (Description.Blob blob : description.blobs()) {
        bytes += checkHash(blob.name(), blob.sha256());
      }
      return bytes;
    } catch (IOException e) {
      throw FileFailure.of("cannot read the backup", path(), e);
    }
  }

  private long checkHash(String name, String expected) throws IOException {
    MessageDigest digest = Hashing.sha256();
    byte[] buffer = new byte[READ_BYTES];
    long bytes = 0;
    try (InputStream in = source.open(name)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
        bytes += count;
      }
    }
    String found = Hashing.hex(digest.digest());
    if (!found.equals(expected)) {
      throw new CorruptBackupException(path(), name, "SHA-256 " + expected, found);
    }
    return bytes;
  }

  /** Whether something there may be a backup, by its name. */
  static boolean isOne(Path path) {
    String name = Places.name(path);
    return name.endsWith(Places.ARCHIVE_SUFFIX)
        ? Description.ID
                .matcher(name.substring(0, name.length() - Places.ARCHIVE_SUFFIX.length()))
                .matches()
            && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        : Description.ID.matcher(name).matches()
            && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException e) {
      throw FileFailure.of("cannot close the backup", path(), e);
    }
  }
}
