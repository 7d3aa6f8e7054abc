// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.RingfoldException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds or creates the file of a {@link CounterFile} and decides whether its content counts. */
final class CounterPlacement {
  private static final Logger LOG = LoggerFactory.getLogger(CounterFile.class);
  private static final String NO_BOOT_ID = "0".repeat(32);
  private static final int ID_BYTES = 16;

  private CounterPlacement() {}

  static CounterFile open(
      Path storeDirectory, byte[] storeId, Path sharedMemory, @Nullable String bootId) {
    if (storeId.length != ID_BYTES) {
      throw new IllegalArgumentException(
          "storeId must be " + ID_BYTES + " bytes but was " + storeId.length);
    }
    // An interrupt would close the channels below.
    boolean interrupted = Thread.interrupted();
    try {
      return place(storeDirectory, storeId, sharedMemory, bootId);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static CounterFile place(
      Path storeDirectory, byte[] storeId, Path sharedMemory, @Nullable String bootId) {
    String problem = sharedMemoryProblem(sharedMemory, bootId);
    if (problem == null) {
      Path file = sharedMemory.resolve(name(storeDirectory, storeId, String.valueOf(bootId)));
      try {
        return open(file, header(storeId, bootId), true);
      } catch (IOException | RingfoldException e) {
        problem = e.toString();
      }
    }
    Path file = storeDirectory.resolve(CounterFile.FALLBACK_FILE);
    LOG.warn(
        "counters are in {} instead of {}: {}; an offer may then wait for the disk",
        file,
        sharedMemory,
        problem);
    try {
      return open(file, header(storeId, bootId), false);
    } catch (IOException e) {
      throw FileFailure.of("cannot open counters", file, e);
    }
  }

  private static CounterFile open(Path file, byte[] header, boolean inSharedMemory)
      throws IOException {
    String condition = "no counters from an earlier session of this boot";
    boolean survived = false;
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      requireOwn(file);
      String damage = damageOf(file, header);
      survived = damage == null;
      condition = damage == null ? "survived" : damage;
      if (damage != null) {
        LOG.warn("counters {} are replaced by zeros: {}", file, damage);
        Files.delete(file);
      }
    }
    if (!survived) {
      create(file, header);
    }
    try (FileChannel channel = FileChannel.open(file, readWrite())) {
      MappedByteBuffer memory =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, CounterFile.FILE_BYTES);
      memory.order(ByteOrder.LITTLE_ENDIAN);
      return new CounterFile(file, memory, survived, inSharedMemory, condition);
    }
  }

  /**
   * Writes every byte with a system call: a full tmpfs is then an {@link IOException} here and not
   * a SIGBUS at the first store.
   */
  private static void create(Path file, byte[] header) throws IOException {
    StoreSecurity.createFile(file);
    boolean complete = false;
    try (FileChannel channel = FileChannel.open(file, readWrite())) {
      // The header goes last: a file without it is recognized as unfinished.
      ByteBuffer zeros = ByteBuffer.allocate(CounterFile.FILE_BYTES);
      while (zeros.hasRemaining()) {
        channel.write(zeros, zeros.position());
      }
      ByteBuffer head = ByteBuffer.wrap(header);
      while (head.hasRemaining()) {
        channel.write(head, head.position());
      }
      complete = true;
    } finally {
      if (!complete) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void requireOwn(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is not a regular file");
    }
    long uid = Host.effectiveUid();
    if (uid != Host.UNKNOWN_UID
        && StoreSecurity.supportsUnixAttributes(file)
        && StoreSecurity.ownerUid(file) != uid) {
      throw new IOException(
          file + " is owned by user id " + StoreSecurity.ownerUid(file) + ", expected " + uid);
    }
    StoreSecurity.restrict(file);
  }

  /** Null when the file is what {@code header} says, else what is wrong with it. */
  private static @Nullable String damageOf(Path file, byte[] header) throws IOException {
    try (FileChannel channel = FileChannel.open(file, readWrite())) {
      if (channel.size() != CounterFile.FILE_BYTES) {
        return "length is " + channel.size() + ", expected " + CounterFile.FILE_BYTES;
      }
      ByteBuffer found = ByteBuffer.allocate(header.length);
      while (found.hasRemaining() && channel.read(found, found.position()) > 0) {
        continue;
      }
      if (Arrays.equals(found.array(), header)) {
        return hasBootId(header) ? null : "this system does not tell whether it was rebooted";
      }
      ByteBuffer view = found.order(ByteOrder.LITTLE_ENDIAN);
      if (view.getLong(0) != CounterFile.MAGIC
          || view.getInt(CounterFile.STATIC_BYTES) != crc(found.array())) {
        return "magic or checksum of the header is wrong";
      }
      return "they are of another boot, store or version";
    }
  }

  private static @Nullable String sharedMemoryProblem(Path directory, @Nullable String bootId) {
    if (!Host.isLinux() || bootId == null) {
      return "this system has no boot id";
    }
    if (!Files.isDirectory(directory)) {
      return directory + " is missing";
    }
    try {
      String type = StoreSecurity.fileSystemType(directory);
      return type.equals("tmpfs") ? null : directory + " is " + type + ", expected tmpfs";
    } catch (RingfoldException e) {
      return e.getMessage();
    }
  }

  /** The path is part of the name, so that a copy of a store never shares its counters. */
  private static String name(Path storeDirectory, byte[] storeId, String bootId) {
    CRC32C crc = new CRC32C();
    crc.update(realPath(storeDirectory).toString().getBytes(StandardCharsets.UTF_8));
    HexFormat hex = HexFormat.of();
    return "ringfold-"
        + Host.effectiveUid()
        + "-"
        + hex.formatHex(storeId)
        + "-"
        + bootId
        + "-"
        + hex.toHexDigits((int) crc.getValue());
  }

  private static Path realPath(Path directory) {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      throw FileFailure.of("cannot resolve", directory, e);
    }
  }

  private static byte[] header(byte[] storeId, @Nullable String bootId) {
    byte[] header = new byte[CounterFile.STATIC_BYTES + Integer.BYTES];
    ByteBuffer view = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    view.putLong(0, CounterFile.MAGIC);
    view.putInt(CounterFile.VERSION_OFFSET, CounterFile.VERSION);
    view.putInt(CounterFile.PRODUCERS_OFFSET, CounterFile.MAX_PRODUCERS);
    view.put(CounterFile.STORE_ID_OFFSET, storeId);
    view.put(
        CounterFile.BOOT_ID_OFFSET, HexFormat.of().parseHex(bootId == null ? NO_BOOT_ID : bootId));
    view.putInt(CounterFile.STATIC_BYTES, crc(header));
    return header;
  }

  private static boolean hasBootId(byte[] header) {
    byte[] none = new byte[ID_BYTES];
    int from = CounterFile.BOOT_ID_OFFSET;
    return !Arrays.equals(header, from, from + ID_BYTES, none, 0, ID_BYTES);
  }

  private static int crc(byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, CounterFile.STATIC_BYTES);
    return (int) crc.getValue();
  }

  private static Set<? extends OpenOption> readWrite() {
    return Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }
}
