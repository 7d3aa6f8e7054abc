// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The loss ledger's counters, in shared memory so that they survive {@code kill -9} and a store to
 * them never waits for a disk.
 *
 * <p>The file is {@code /dev/shm/ringfold-<uid>-<store id>-<boot id>-<crc of the store's path>},
 * mode 0600; where there is no tmpfs at {@code /dev/shm} it is {@code <store>/counters}, with a
 * warning. It is gone or of another boot id after a reboot, because its values would then be older
 * than the journal. Little-endian, {@value #FILE_BYTES} bytes:
 *
 * <pre>
 * offset size field
 *      0    8 magic            "RFCOUNT1"
 *      8    4 version          2
 *     12    4 producers        256
 *     16   16 storeId
 *     32   16 bootId
 *     48    4 crc              CRC32C over [0, 48)
 *     64    8 session          word: the session of the lines; all zero while they are being zeroed
 *     72    4 usedProducers    lines [0, usedProducers) have been handed out
 *     76    4 failed           1 after a failed force, else 0
 *     80    4 reasonLength     bytes of reason
 *     84  512 reason           UTF-8, why it failed
 *   4096    . 256 lines of 128 bytes, one per producer:
 *      +0   8 offered          word; zero while the line has not been handed out
 *      +8   8 dropped          for the process itself; nothing is concluded from it after its death
 *     +16   8 nameId           word: dictionary id of the producer's name
 *
 * word: bits 0 to 47 the value v, bits 48 to 63 its check, (v * 9E3779B97F4A7C15 >>> 48) ^ 5A5A
 * </pre>
 *
 * <p>A value and its check are one store, so that no moment of a death tears them apart; every
 * single flipped bit of a word is found.
 *
 * <p>Each line is written by one thread at a time (its producer), with release stores, and may be
 * read by any thread with acquire loads. The methods on lines are hot: no allocation, no lock, no
 * system call. Everything else is cold and belongs to the thread that opens the log, except {@link
 * #markFailed}, which is thread-safe. The store's lock must be held.
 */
public final class CounterFile {
  /** Number of producer lines; producer 0 is the log itself. */
  public static final int MAX_PRODUCERS = 256;

  /** Bytes of the whole file. */
  public static final int FILE_BYTES = 4096 + MAX_PRODUCERS * 128;

  /** Longest {@link #failedReason()} that is kept, in UTF-8 bytes. */
  public static final int MAX_REASON_BYTES = 512;

  /** Name of the file in the store directory where {@code /dev/shm} cannot be used. */
  public static final String FALLBACK_FILE = "counters";

  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  // "RFCOUNT1" read as a little-endian long.
  static final long MAGIC = 0x31544E554F434652L;
  static final int VERSION = 2;
  static final int STATIC_BYTES = 48;
  static final int VERSION_OFFSET = 8;
  static final int PRODUCERS_OFFSET = 12;
  static final int STORE_ID_OFFSET = 16;
  static final int BOOT_ID_OFFSET = 32;
  private static final int SESSION_OFFSET = 64;
  private static final int USED_OFFSET = 72;
  private static final int FAILED_OFFSET = 76;
  private static final int REASON_LENGTH_OFFSET = 80;
  private static final int REASON_OFFSET = 84;
  private static final int LINES_OFFSET = 4096;
  private static final int LINE_SHIFT = 7;
  private static final int DROPPED_OFFSET = 8;
  private static final int NAME_OFFSET = 16;

  private static final int CHECK_SHIFT = 48;
  private static final long VALUE_MASK = (1L << CHECK_SHIFT) - 1;
  private static final long CHECK_FACTOR = 0x9E3779B97F4A7C15L;

  /** A zeroed word has no right check. */
  private static final long CHECK_OF_ZERO = 0x5A5AL << CHECK_SHIFT;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final MappedByteBuffer memory;
  private final boolean survived;
  private final boolean inSharedMemory;
  private final String condition;

  CounterFile(
      Path path,
      MappedByteBuffer memory,
      boolean survived,
      boolean inSharedMemory,
      String condition) {
    this.path = path;
    this.memory = memory;
    this.survived = survived;
    this.inSharedMemory = inSharedMemory;
    this.condition = condition;
  }

  /** Opens the counters of the store, or creates them at zero. {@code storeId} is 16 bytes. */
  public static CounterFile open(Path storeDirectory, byte[] storeId) {
    return CounterPlacement.open(storeDirectory, storeId, SHARED_MEMORY, Host.bootId());
  }

  /** Whether the lines are those of an earlier session of this boot. */
  public boolean survived() {
    return survived;
  }

  /** {@code survived}, or why there is nothing from an earlier session; for a report. */
  public String condition() {
    return condition;
  }

  /** Whether the file is on tmpfs; otherwise a store may wait for the disk. */
  public boolean inSharedMemory() {
    return inSharedMemory;
  }

  /** Where the counters are. */
  public Path path() {
    return path;
  }

  /** A value with its check, as it stands in the file; the value has at most 48 bits. */
  public static long word(long value) {
    long check = (value * CHECK_FACTOR >>> CHECK_SHIFT << CHECK_SHIFT) ^ CHECK_OF_ZERO;
    return check | (value & VALUE_MASK);
  }

  /** The value of a word, whether its check is right or not. */
  public static long value(long word) {
    return word & VALUE_MASK;
  }

  private boolean isIntact(int offset) {
    long word = (long) LONGS.getAcquire(memory, offset);
    return word == word(value(word));
  }

  /** The session that the lines belong to; 0 when {@link #beginSession} was not finished. */
  public long session() {
    return value((long) LONGS.getAcquire(memory, SESSION_OFFSET));
  }

  /**
   * What is wrong with what all lines have in common, or null; they say nothing then.
   *
   * <p>Nothing is wrong with counters that no session has begun.
   */
  public @Nullable String damage() {
    boolean begun = (long) LONGS.getAcquire(memory, SESSION_OFFSET) != 0;
    return begun && !isIntact(SESSION_OFFSET)
        ? "the session's number in the counter file " + path + " has a wrong check"
        : null;
  }

  /** What is wrong with the line of a producer, or null; it says nothing then. */
  public @Nullable String damage(int producer) {
    int line = line(producer);
    boolean used = producer < usedProducers() && producer > 0;
    if (!used && (long) LONGS.getAcquire(memory, line) == 0) {
      return null;
    }
    return isIntact(line) && isIntact(line + NAME_OFFSET)
        ? null
        : "the counter of producer " + producer + " in " + path + " has a wrong check";
  }

  /**
   * Zeroes all lines and gives them to {@code session}. Read what survived first. The mark of
   * {@link #markFailed} stays.
   */
  public void beginSession(long session) {
    if (session <= 0) {
      throw new IllegalArgumentException("session must be >= 1 but was " + session);
    }
    LONGS.setVolatile(memory, SESSION_OFFSET, 0L);
    for (int offset = LINES_OFFSET; offset < FILE_BYTES; offset += Long.BYTES) {
      LONGS.setRelease(memory, offset, 0L);
    }
    INTS.setRelease(memory, USED_OFFSET, 0);
    LONGS.setVolatile(memory, SESSION_OFFSET, word(session));
  }

  /** Number of lines handed out so far. */
  public int usedProducers() {
    int used = (int) INTS.getAcquire(memory, USED_OFFSET);
    return Math.max(0, Math.min(MAX_PRODUCERS, used));
  }

  /** Hands out a line: sets its name, and raises {@link #usedProducers()} past it. */
  public void declare(int producer, int nameId) {
    int line = line(producer);
    LONGS.setRelease(memory, line + NAME_OFFSET, word(nameId)); // First: a count has a name.
    LONGS.setRelease(memory, line, word(0));
    if (producer >= usedProducers()) {
      INTS.setRelease(memory, USED_OFFSET, producer + 1);
    }
  }

  /** Sets how many events {@code producer} has offered. Hot. */
  public void setOffered(int producer, long value) {
    LONGS.setRelease(memory, line(producer), word(value));
  }

  /** How many events {@code producer} has offered. Hot. */
  public long offered(int producer) {
    return value((long) LONGS.getAcquire(memory, line(producer)));
  }

  /** Sets how many events of {@code producer} were dropped. Hot. */
  public void setDropped(int producer, long value) {
    LONGS.setRelease(memory, line(producer) + DROPPED_OFFSET, value);
  }

  /** How many events of {@code producer} were dropped. Hot. */
  public long dropped(int producer) {
    return (long) LONGS.getAcquire(memory, line(producer) + DROPPED_OFFSET);
  }

  /** Dictionary id of the producer's name. */
  public int nameId(int producer) {
    return (int) value((long) LONGS.getAcquire(memory, line(producer) + NAME_OFFSET));
  }

  /**
   * Records that a force failed, so that the next open in this boot distrusts the page cache. The
   * first reason is kept. Thread-safe.
   */
  public synchronized void markFailed(String reason) {
    if (failedReason() != null) {
      return;
    }
    byte[] bytes = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, MAX_REASON_BYTES);
    while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
      length--; // Cut before a character, not in it.
    }
    memory.put(REASON_OFFSET, bytes, 0, length);
    INTS.setRelease(memory, REASON_LENGTH_OFFSET, length);
    INTS.setVolatile(memory, FAILED_OFFSET, 1);
  }

  /** Why a force failed in this boot, or null when none did. */
  public synchronized @Nullable String failedReason() {
    if ((int) INTS.getVolatile(memory, FAILED_OFFSET) == 0) {
      return null;
    }
    int length = (int) INTS.getAcquire(memory, REASON_LENGTH_OFFSET);
    byte[] bytes = new byte[Math.max(0, Math.min(length, MAX_REASON_BYTES))];
    memory.get(REASON_OFFSET, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Takes the failure mark back, once the tail has been verified on the device. */
  public synchronized void clearFailed() {
    INTS.setVolatile(memory, FAILED_OFFSET, 0);
  }

  /**
   * Deletes the file, after a clean close; this object may still be used but nobody will see it.
   */
  public void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw FileFailure.of("cannot delete counters", path, e);
    }
  }

  private static int line(int producer) {
    if ((producer & -MAX_PRODUCERS) != 0) {
      throw new IllegalArgumentException(
          "producer must be between 0 and " + (MAX_PRODUCERS - 1) + " but was " + producer);
    }
    return LINES_OFFSET + (producer << LINE_SHIFT);
  }
}
