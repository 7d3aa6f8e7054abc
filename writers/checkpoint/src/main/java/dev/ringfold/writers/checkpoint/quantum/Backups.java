// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import dev.ringfold.writers.checkpoint.internal.io.Zlib;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Compressed copies of single files, the newest ten of each. All of them are in one directory:
 *
 * <pre>
 * backup_metadata.json              which backups there are, see {@link BackupList}
 * state-20250630-123456789-1.json.zlib   the bytes of state.json, by zlib's level 9
 * </pre>
 *
 * A backup of {@code state.json.zlib} is its bytes as they are; one of another file is called
 * {@code .h5.zlib}, {@code .qms.zlib} and so on.
 *
 * <p>For one process at a time; thread-safe in it.
 */
public final class Backups {
  /** Backups of a file that are kept, unless told otherwise. */
  public static final int DEFAULT_KEEP = 10;

  /** The most that may be kept of a file. */
  public static final int MAX_KEEP = 10_000;

  /** What lists the backups. */
  public static final String METADATA = "backup_metadata.json";

  private static final String ZLIB = ".zlib";
  private static final int LEVEL = 9;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_STEM_LENGTH = 100;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmssSSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Path directory;
  private final Path root;
  private final int keep;
  private final @Nullable Duration maxAge;
  private final Clock clock;

  private Backups(Path directory, Path root, int keep, @Nullable Duration maxAge, Clock clock) {
    this.directory = directory;
    this.root = root;
    this.keep = keep;
    this.maxAge = maxAge;
    this.clock = clock;
  }

  /**
   * Backups in a directory, which is made when it is missing. Files are restored without naming a
   * target only below the directory that this one is in.
   */
  public static Backups in(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    return new Backups(
        absolute, parent == null ? absolute : parent, DEFAULT_KEEP, null, Clock.systemUTC());
  }

  /** These with another number that is kept of each file, 1 to {@link #MAX_KEEP}. */
  public Backups keep(int newest) {
    if (newest < 1 || newest > MAX_KEEP) {
      throw new IllegalArgumentException("keep must be 1 to " + MAX_KEEP + " but was " + newest);
    }
    return new Backups(directory, root, newest, maxAge, clock);
  }

  /** These without what is older than this; the newest of each file stays however old it is. */
  public Backups maxAge(Duration age) {
    if (age.isNegative() || age.isZero()) {
      throw new IllegalArgumentException("maxAge must be more than 0 but was " + age);
    }
    return new Backups(directory, root, keep, age, clock);
  }

  /** These with another clock. */
  public Backups clock(Clock other) {
    return new Backups(directory, root, keep, maxAge, other);
  }

  /** The directory. */
  public Path directory() {
    return directory;
  }

  /**
   * Backs a file up and drops what is too old or too much.
   *
   * @throws StoreAccessException when it cannot be read, or the backup not be written
   */
  public synchronized Backup take(Path file) {
    Path source = file.toAbsolutePath().normalize();
    StoreSecurity.ensureDirectory(directory);
    BackupList list = BackupList.read(directory);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String name = String.valueOf(source.getFileName());
    boolean compressed = name.toLowerCase(Locale.ROOT).endsWith(ZLIB);
    String plain = compressed ? name.substring(0, name.length() - ZLIB.length()) : name;
    int dot = plain.lastIndexOf('.');
    String stem = dot > 0 ? plain.substring(0, dot) : plain;
    String id = freeId(list, stem, now);
    Path target = directory.resolve(id + (dot > 0 ? plain.substring(dot) : "") + ZLIB);
    Backup backup = copy(source, target, compressed, id, now);
    list.add(backup, compressed);
    drop(list, now);
    list.write();
    return backup;
  }

  /** A backup of bytes that are in another place, under an id and a time of the caller's. */
  synchronized Backup put(Path content, Path file, String id, Instant time) {
    StoreSecurity.ensureDirectory(directory);
    BackupList list = BackupList.read(directory);
    list.backups().stream()
        .filter(there -> there.id().equals(StateIds.check(id)))
        .forEach(list::remove);
    Path target = directory.resolve(id + ".json" + ZLIB);
    Backup made = copy(content, target, false, id, time.truncatedTo(ChronoUnit.MILLIS));
    Backup named =
        new Backup(
            id, file, target, made.takenAt(), made.bytes(), made.storedBytes(), made.sha256());
    list.add(named, false);
    list.write();
    return named;
  }

  private static String freeId(BackupList list, String stem, Instant now) {
    String start =
        stem.substring(0, Math.min(stem.length(), MAX_STEM_LENGTH)) + "-" + TIME.format(now) + "-";
    int number = 1;
    while (list.has(start + number)) {
      number++;
    }
    return start + number;
  }

  /** The hash is that of the bytes as they were copied: another thread may replace the file. */
  private static Backup copy(Path source, Path target, boolean compressed, String id, Instant now) {
    MessageDigest digest = FileHash.digest();
    try (TargetFile out = TargetFile.create(target);
        InputStream in =
            new DigestInputStream(
                Files.newInputStream(source, LinkOption.NOFOLLOW_LINKS), digest)) {
      long bytes = compressed ? append(in, out, Long.MAX_VALUE) : deflate(in, out);
      long stored = out.length();
      out.freeze();
      return new Backup(id, source, target, now, bytes, stored, hex(digest));
    } catch (IOException e) {
      throw FileFailure.of("cannot back up", source, e);
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Appends all there is, or a little more than the most that is wanted; says how much. */
  private static long append(InputStream in, TargetFile out, long most) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.append(buffer, 0, count);
      if (out.length() > most) {
        break;
      }
    }
    return out.length();
  }

  private static long deflate(InputStream in, TargetFile out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (Zlib.Stream stream = new Zlib.Stream(LEVEL, out)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        stream.write(buffer, count);
      }
      stream.finish();
      return stream.rawBytes();
    }
  }

  /** Drops what is too much or too old, without taking a new backup; says how many. */
  public synchronized int rotate() {
    BackupList list = BackupList.read(directory);
    int dropped = drop(list, clock.instant());
    if (dropped > 0) {
      list.write();
    }
    return dropped;
  }

  private int drop(BackupList list, Instant now) {
    Map<Path, Integer> seen = new HashMap<>();
    List<Backup> gone = new ArrayList<>();
    List<Backup> newestFirst = new ArrayList<>(list.backups());
    Collections.reverse(newestFirst);
    for (Backup backup : newestFirst) {
      int newer = seen.merge(backup.file(), 1, Integer::sum) - 1;
      boolean old = maxAge != null && backup.takenAt().plus(maxAge).isBefore(now);
      if (newer >= keep || newer > 0 && old) {
        gone.add(backup);
      }
    }
    for (Backup backup : gone) {
      list.remove(backup);
      try {
        Files.deleteIfExists(backup.backup());
      } catch (IOException e) {
        throw FileFailure.of("cannot delete", backup.backup(), e);
      }
    }
    return gone.size();
  }

  /** All backups, oldest first. */
  public synchronized List<Backup> list() {
    return BackupList.read(directory).backups();
  }

  /** The newest backup of a file. */
  public Optional<Backup> latest(Path file) {
    Path source = file.toAbsolutePath().normalize();
    List<Backup> all = list();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).file().equals(source)) {
        return Optional.of(all.get(i));
      }
    }
    return Optional.empty();
  }

  /**
   * Puts a backup's content back where it was taken from; the file that is there is replaced, whole
   * or not at all.
   *
   * @param backup its path, as {@link Backup#backup} says
   * @return the file
   * @throws FormatException when it is not in the list, or belongs outside the directory that the
   *     backups are in: then name a target
   * @throws ChecksumMismatchException when it is damaged
   */
  public Path restore(Path backup) {
    Backup entry = require(backup);
    if (!entry.file().startsWith(root)) {
      throw new FormatException(
          "The backup "
              + backup
              + " is of "
              + entry.file()
              + ", which is not below "
              + root
              + ". Say where it shall be restored to.");
    }
    return restore(backup, entry.file());
  }

  /** As {@link #restore(Path)}, to a file that the caller names. */
  public Path restore(Path backup, Path target) {
    Backup entry = require(backup);
    if (!Files.isRegularFile(entry.backup())) {
      throw new FormatException(entry.backup() + ": there is no such file");
    }
    MessageDigest digest = FileHash.digest();
    try (TargetFile out = TargetFile.create(target.toAbsolutePath())) {
      long bytes;
      try (InputStream in = new DigestInputStream(content(entry), digest)) {
        bytes = append(in, out, entry.bytes());
      }
      String found = bytes > entry.bytes() ? "more than " + entry.bytes() + " bytes" : hex(digest);
      if (!found.equals(entry.sha256())) {
        throw mismatch(entry, found);
      }
      out.freeze();
      return target;
    } catch (ZipException | EOFException e) {
      throw new FormatException(entry.backup() + ": not a whole zlib stream: " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileFailure.of("cannot restore", entry.backup(), e);
    }
  }

  /** The bytes that were backed up, as far as the backup is whole. */
  private InputStream content(Backup entry) throws IOException {
    boolean copy = BackupList.read(directory).isCopy(entry);
    InputStream stored = Files.newInputStream(entry.backup());
    return copy ? stored : new InflaterInputStream(new BufferedInputStream(stored, BUFFER_BYTES));
  }

  private static ChecksumMismatchException mismatch(Backup entry, String found) {
    return new ChecksumMismatchException(
        entry.backup().toString(),
        "backup of " + entry.file(),
        entry.sha256(),
        found,
        "",
        "ringfold repair (from the log it was exported from)",
        null);
  }

  private Backup require(Path backup) {
    Path wanted = backup.toAbsolutePath().normalize();
    return list().stream()
        .filter(entry -> entry.backup().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new FormatException(
                    "There is no backup " + backup + " in " + directory.resolve(METADATA)));
  }
}
