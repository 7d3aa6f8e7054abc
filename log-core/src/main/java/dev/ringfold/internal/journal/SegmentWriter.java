// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.Posix;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * One segment while it is written: a Chronicle queue of its own that never rolls, plus our own
 * descriptor of its file for forcing and for preallocation.
 *
 * <p>Created by the segments thread, handed to the journal thread, which alone appends; forced by
 * whoever holds the force lock; closed by the segments thread after its last force. A frame is only
 * written into blocks that were allocated before ({@link #allocatedLimit()}): a store into an
 * unallocated page of a full disk would kill the JVM.
 */
public final class SegmentWriter implements AutoCloseable {
  /** Chronicle writes its index pages between our documents; this many bytes are kept for them. */
  static final long INDEX_SLACK_BYTES = 96 << 10;

  /** Forces that follow each other faster are not those of the force interval. */
  private static final long OFTEN_NANOS = 10_000_000L;

  private static final int PREPARED_LENGTH = FrameFormat.HEADER_LENGTH;

  private final long number;
  private final Path folder;
  private final Path file;
  private final ChronicleQueue queue;
  private final ExcerptAppender appender;
  private final FileChannel channel;
  private final int descriptor;
  private final SegmentIndex.Builder index = new SegmentIndex.Builder();
  private final PagePopulation population;
  private final RangeForce rangeForce;
  private long lastForceNanos = System.nanoTime() - OFTEN_NANOS; // guarded by the force lock
  private volatile boolean forcedOften;
  private boolean closed;
  private long position;
  private long frameOffset;
  private volatile long allocatedLimit;
  private volatile long writtenPosition;
  private volatile @Nullable SegmentEntry finished;

  private SegmentWriter(
      long number,
      Path folder,
      ChronicleQueue queue,
      ExcerptAppender appender,
      FileChannel channel,
      int descriptor,
      int blockBytes) {
    this.number = number;
    this.folder = folder;
    this.file = SegmentFiles.queueFile(folder);
    this.queue = queue;
    this.appender = appender;
    this.channel = channel;
    this.descriptor = descriptor;
    this.population = new PagePopulation(channel, blockBytes);
    this.rangeForce = new RangeForce(channel);
  }

  /**
   * Creates the folder and the queue, allocates the first bytes and writes the PREPARED frame,
   * which makes Chronicle lay out its header and index before the journal thread comes.
   *
   * @param allocateBytes bytes to allocate at once; on a full disk this fails before anything is
   *     mapped
   */
  static SegmentWriter create(Path store, long number, int blockBytes, long allocateBytes) {
    Path folder = SegmentFiles.folder(store, number);
    StoreSecurity.createDirectory(folder);
    Path file = SegmentFiles.queueFile(folder);
    FileChannel channel = null;
    int descriptor = -1;
    ChronicleQueue queue = null;
    try {
      Allocation.prove(folder, allocateBytes);
      // Chronicle must make the file itself: it waits a second for the header of one it finds
      // empty.
      queue = openQueue(folder, blockBytes);
      ExcerptAppender appender = queue.createAppender();
      layOut(appender);
      StoreSecurity.restrict(file);
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      descriptor = Posix.available() ? Posix.open(file) : -1;
      Allocation.require(file, descriptor, 0, allocateBytes);
      SegmentWriter writer =
          new SegmentWriter(number, folder, queue, appender, channel, descriptor, blockBytes);
      writer.allocatedLimit = allocateBytes;
      writer.population.begin(INDEX_SLACK_BYTES);
      writer.writePrepared();
      StoreSecurity.restrict(SegmentFiles.metadataFile(folder));
      return writer;
    } catch (IOException e) {
      closeQuietly(queue, channel, descriptor, e);
      throw new StoreAccessException("Cannot create segment " + number + " in " + folder, e);
    } catch (RuntimeException | Error e) {
      closeQuietly(queue, channel, descriptor, e);
      throw e;
    }
  }

  /** Makes Chronicle write its header and index; the document itself is given up. */
  private static void layOut(ExcerptAppender appender) {
    try (DocumentContext document = appender.writingDocument()) {
      document.rollbackOnClose();
    }
  }

  private static ChronicleQueue openQueue(Path folder, int blockBytes) {
    return SingleChronicleQueueBuilder.binary(folder)
        .blockSize(blockBytes)
        .rollCycle(LegacyRollCycles.MINUTELY)
        .timeProvider(() -> 0L) // The cycle never turns: a segment ends when we say so.
        // Nobody else ever writes here; Chronicle waits this long for a header in our empty file.
        .timeoutMS(1)
        .syncMode(net.openhft.chronicle.bytes.SyncMode.NONE)
        .build();
  }

  private static void closeQuietly(
      @Nullable ChronicleQueue queue,
      @Nullable FileChannel channel,
      int descriptor,
      Throwable cause) {
    closeInto(cause, queue);
    closeInto(cause, channel);
    closeInto(cause, descriptor < 0 ? null : () -> Posix.close(descriptor));
  }

  private static void closeInto(Throwable cause, @Nullable Closeable each) {
    try {
      if (each != null) {
        each.close();
      }
    } catch (IOException | RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private void writePrepared() {
    FrameAssembler frame = new FrameAssembler(PREPARED_LENGTH);
    frame.finish(FrameFormat.KIND_PREPARED, 0, 0, 0, -1, 0, 0);
    append(frame.bytes(), 0, frame.length());
    handOver();
  }

  /** The appender was used by this thread; from now on it belongs to the next one that calls. */
  void handOver() {
    appender.singleThreadedCheckReset();
  }

  /** Appends one document; on any failure nothing of it becomes visible. */
  void append(byte[] frame, int offset, int length) {
    population.reserve(position + length + INDEX_SLACK_BYTES);
    try (DocumentContext document = appender.writingDocument()) {
      try {
        Bytes<?> bytes =
            java.util.Objects.requireNonNull(document.wire(), "Chronicle gave no wire").bytes();
        frameOffset = bytes.writePosition();
        population.reach(bytes.addressForWrite(frameOffset), frameOffset, length);
        bytes.write(frame, offset, length);
      } catch (Throwable e) {
        document.rollbackOnClose();
        throw e;
      }
    }
    position = align(frameOffset + length);
  }

  private static long align(long offset) {
    return offset + 3 & ~3L;
  }

  /** Makes what was appended visible to readers in this process. */
  void publish() {
    writtenPosition = position;
  }

  /** Whether a frame of this many bytes fits into allocated blocks, keeping this many free. */
  boolean hasRoom(long frameLength, long keepBytes) {
    return position + frameLength + INDEX_SLACK_BYTES + keepBytes <= allocatedLimit;
  }

  /** Segment number. */
  long number() {
    return number;
  }

  /** The segment's folder. */
  Path folder() {
    return folder;
  }

  /** The Chronicle file. */
  Path file() {
    return file;
  }

  /** The sparse index of what was written so far; written by the journal thread. */
  SegmentIndex.Builder index() {
    return index;
  }

  /** Offset of the next document; journal thread only. */
  long position() {
    return position;
  }

  /** Offset of the payload of the frame appended last; journal thread only. */
  long frameOffset() {
    return frameOffset;
  }

  /** Readers in this process stop here. */
  long writtenPosition() {
    return writtenPosition;
  }

  /** First byte that is not known to be allocated. */
  long allocatedLimit() {
    return allocatedLimit;
  }

  /**
   * Makes at most a slice of pages ready, up to the given offset, so that the journal thread meets
   * no page fault; returns whether more is left.
   *
   * @param settle whether to force those pages, too, so that a later force is quick
   */
  synchronized boolean populate(long limit, long sliceBytes, boolean settle) {
    if (closed) {
      return false; // A roll came in between: this segment's length is final.
    }
    try {
      return population.ahead(Math.min(limit, allocatedLimit), sliceBytes, settle);
    } catch (IOException e) {
      throw FileFailure.of("cannot write ahead in", file, e);
    }
  }

  /** Allocates up to the given offset; false when the disk is full. Segments thread only. */
  synchronized boolean allocate(long limit) {
    if (closed) {
      return true;
    }
    long from = allocatedLimit;
    if (limit <= from) {
      return true;
    }
    if (!Allocation.extend(file, descriptor, from, limit - from)) {
      return false;
    }
    allocatedLimit = limit;
    return true;
  }

  /** Journal thread: nothing more will be written; these are the facts for the manifest. */
  void finish(SegmentEntry entry) {
    finished = entry;
  }

  /** The facts left by {@link #finish}. */
  SegmentEntry finished() {
    return java.util.Objects.requireNonNull(finished, "the segment is still written");
  }

  /** Forces what was published; throws what the operating system said. */
  void force() throws IOException {
    long now = System.nanoTime();
    forcedOften = now - lastForceNanos < OFTEN_NANOS;
    lastForceNanos = now;
    rangeForce.forceTo(writtenPosition);
  }

  /** Whether somebody waits for the disk again and again, and the disk is quick. */
  boolean isForcedOften() {
    return forcedOften;
  }

  /** The last force: the whole file. */
  void forceAll() throws IOException {
    channel.force(false);
    rangeForce.release();
  }

  /**
   * Closes the queue and the descriptors; the last force has happened. Closing twice does nothing:
   * a descriptor's number may be somebody else's by then.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    population.release();
    IOException failure = new IOException("closing segment " + number);
    closeQuietly(queue, channel, descriptor, failure);
    if (failure.getSuppressed().length > 0) {
      throw new StoreAccessException("Cannot close segment " + number + " at " + file, failure);
    }
  }
}
