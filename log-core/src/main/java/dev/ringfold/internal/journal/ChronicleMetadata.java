// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;

/**
 * Chronicle's table store of a segment, {@code metadata.cq4t}. Ringfold never reads it; Chronicle's
 * own tools want it. Holds nothing that matters: one made anew serves as well. Stateless.
 */
public final class ChronicleMetadata {
  private static final int METADATA_FLAG = 0x40000000;
  private static final int LENGTH_MASK = 0x3FFFFFFF;
  private static final int MIN_LENGTH = 64;
  private static final int HEAD_LENGTH = 1 << 10;

  /** The type name that the store's first document begins with. */
  private static final byte[] TYPE = "STStore".getBytes(StandardCharsets.US_ASCII);

  private ChronicleMetadata() {}

  /** Whether the file begins as Chronicle's table store must; false when it is missing. */
  public static boolean isIntact(Path file) {
    byte[] head;
    long length;
    try {
      if (!Files.isRegularFile(file)) {
        return false;
      }
      length = Files.size(file);
      try (var in = Files.newInputStream(file)) {
        head = in.readNBytes(HEAD_LENGTH);
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
    if (length < MIN_LENGTH) {
      return false;
    }
    int header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
    int documentLength = header & LENGTH_MASK;
    return (header & ~LENGTH_MASK) == METADATA_FLAG
        && documentLength > TYPE.length
        && documentLength <= length - Integer.BYTES
        && contains(Arrays.copyOfRange(head, 0, 64));
  }

  private static boolean contains(byte[] bytes) {
    for (int i = 0; i + TYPE.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + TYPE.length, TYPE, 0, TYPE.length)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Makes the file anew. Chronicle writes it for an empty queue in a scratch folder, so that it
   * never touches the segment itself.
   *
   * @param file the segment's {@code metadata.cq4t}
   * @param temporaryDirectory the store's directory for unfinished files
   */
  public static void rebuild(Path file, Path temporaryDirectory) {
    Path scratch = temporaryDirectory.resolve("chronicle-" + file.toAbsolutePath().hashCode());
    try {
      DirectoryTree.delete(scratch);
      Files.createDirectories(scratch);
      try (ChronicleQueue queue =
          SingleChronicleQueueBuilder.binary(scratch.toFile())
              .rollCycle(LegacyRollCycles.MINUTELY)
              .timeProvider(() -> 0L)
              .syncMode(SyncMode.NONE)
              .build()) {
        queue.createTailer().close();
      }
      byte[] bytes = Files.readAllBytes(SegmentFiles.metadataFile(scratch));
      DurableFile.write(file, temporaryDirectory, bytes);
    } catch (IOException e) {
      throw FileFailure.of("cannot make anew", file, e);
    } finally {
      DirectoryTree.delete(scratch);
    }
  }
}
