// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobReader;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.blob.CorruptBlobException;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads stored tensors, and compares the elements of every chunk with their hash before they are
 * given out, which sees what became of them on the whole way from the array that was saved. When
 * they differ, the hash of the blob tells whether its file is damaged. Thread-safe.
 */
public final class ChunkReader {
  /** Most bytes of one buffer of a tensor that is read: 1 GiB. */
  private static final int MAX_BUFFER_BYTES = 1 << 30;

  /** Most direct buffers kept for the next read. */
  private static final int MAX_IDLE_BUFFERS = 4;

  /** What a buffer's capacity is a multiple of: 1 MiB. */
  private static final long BUFFER_STEP = 1 << 20;

  /** What a stored chunk may have more than twice its elements. */
  private static final long MAX_EXPANSION_BYTES = 1024;

  private final BlobStore blobs;
  private final @Nullable ChunkWorkers workers;
  private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger idleCount = new AtomicInteger();

  /** A reader that works in the calling thread. */
  public ChunkReader(BlobStore blobs) {
    this(blobs, null);
  }

  /** A reader that lets workers help the calling thread. */
  public ChunkReader(BlobStore blobs, @Nullable ChunkWorkers workers) {
    this.blobs = blobs;
    this.workers = workers;
  }

  /**
   * Reads a whole tensor into memory of its own.
   *
   * @throws ChecksumMismatchException when a chunk is damaged
   * @throws dev.ringfold.blob.BlobNotFoundException when one was collected
   */
  public Tensor read(StoredTensor tensor) {
    return read(List.of(tensor)).get(0);
  }

  /** As {@link #read(StoredTensor)} for several, in the order given. */
  public List<Tensor> read(List<StoredTensor> tensors) {
    List<Tensor> read = new ArrayList<>();
    List<Runnable> work = new ArrayList<>();
    for (StoredTensor tensor : tensors) {
      read.add(plan(tensor, work));
    }
    run(work);
    return read;
  }

  private Tensor plan(StoredTensor tensor, List<Runnable> work) {
    ChunkGrid grid = tensor.grid();
    List<ByteBuffer> buffers = new ArrayList<>();
    int first = 0;
    while (first < grid.chunks()) {
      int next = first;
      int bytes = 0;
      while (next < grid.chunks() && grid.length(next) <= MAX_BUFFER_BYTES - bytes) {
        bytes += grid.length(next++);
      }
      ByteBuffer buffer = ByteBuffer.allocate(bytes);
      buffers.add(buffer);
      int at = 0;
      for (int i = first; i < next; i++) {
        int chunk = i;
        ByteBuffer part = buffer.slice(at, grid.length(i));
        at += grid.length(i);
        work.add(() -> read(tensor, chunk, part));
      }
      first = next;
    }
    return Tensor.of(tensor.dtype(), buffers, tensor.shape()).frozen();
  }

  private void run(List<Runnable> work) {
    if (workers == null) {
      work.forEach(Runnable::run);
    } else {
      workers.run(work);
    }
  }

  /**
   * Reads the elements of one chunk, without padding.
   *
   * @param target takes {@link ChunkGrid#length} bytes, which it must have room for; direct or with
   *     an array; its position moves
   */
  public void read(StoredTensor tensor, int chunk, ByteBuffer target) {
    ChunkGrid grid = tensor.grid();
    int length = grid.length(chunk);
    ByteBuffer part = target.slice(target.position(), length);
    StoredChunk stored = tensor.chunks().get(chunk);
    String what = "chunk " + chunk + " of tensor " + tensor.group() + "/" + tensor.name();
    try (BlobReader reader = blobs.open(stored.blob())) {
      if (length == grid.rawLength()) {
        read(tensor, stored, reader, part, what);
      } else {
        ByteBuffer padded = ByteBuffer.allocate(grid.rawLength());
        read(tensor, stored, reader, padded, what);
        part.put(padded.slice(0, length));
      }
    } catch (CorruptBlobException e) {
      throw mismatch(e.file().toString(), what, e.expected(), e.found(), e);
    }
    target.position(target.position() + length);
  }

  private void read(
      StoredTensor tensor, StoredChunk stored, BlobReader reader, ByteBuffer target, String what) {
    String file = reader.file().toString();
    if (stored.blob().length() > MAX_EXPANSION_BYTES + 2L * stored.rawLength()) {
      String least = "at most " + MAX_EXPANSION_BYTES + " + 2 * " + stored.rawLength() + " bytes";
      throw mismatch(file, what, least, stored.blob().length() + " bytes", null);
    }
    ByteBuffer bytes = buffer(Math.toIntExact(stored.blob().length()));
    try {
      reader.read(0, bytes);
      bytes.flip();
      ByteBuffer raw = target.duplicate();
      ChunkDecoder.decode(tensor.codec(), tensor.dtype().bytes(), bytes, target, file);
      BlobId found = ChunkHash.of(raw);
      if (!found.equals(stored.rawSha256())) {
        requireStored(stored, bytes, file, what, null);
        String elements = what + ", SHA-256 of its elements";
        throw mismatch(file, elements, stored.rawSha256().hex(), found.hex(), null);
      }
    } catch (FormatException e) {
      requireStored(stored, bytes, file, what, e);
      throw mismatch(file, what, tensor.codec().toString(), "other bytes: " + e.getMessage(), e);
    } finally {
      giveBack(bytes);
    }
  }

  /** Once the elements are wrong: whether that is because of what is stored. */
  private void requireStored(
      StoredChunk stored, ByteBuffer bytes, String file, String what, @Nullable Exception cause) {
    BlobId found = ChunkHash.of(bytes);
    if (!found.equals(stored.blob().id())) {
      String all = what + ", SHA-256 of " + bytes.remaining() + " bytes";
      throw mismatch(file, all, stored.blob().id().hex(), found.hex(), cause);
    }
  }

  private ChecksumMismatchException mismatch(
      String file, String what, String expected, String found, @Nullable Exception cause) {
    return new ChecksumMismatchException(
        file, what, expected, found, "", "ringfold verify " + blobs.store(), cause);
  }

  private ByteBuffer buffer(int bytes) {
    ByteBuffer found = idle.poll();
    if (found != null) {
      idleCount.decrementAndGet();
    }
    return found != null && found.capacity() >= bytes
        ? found.clear().limit(bytes)
        : ByteBuffer.allocateDirect(roundUp(bytes)).limit(bytes);
  }

  /** Chunks of one tensor compress to nearly the same length: the next one shall fit, too. */
  private static int roundUp(int bytes) {
    return (int) Math.min(Integer.MAX_VALUE, (bytes + BUFFER_STEP - 1L) & -BUFFER_STEP);
  }

  private void giveBack(ByteBuffer buffer) {
    if (idleCount.incrementAndGet() <= MAX_IDLE_BUFFERS) {
      idle.add(buffer);
    } else {
      idleCount.decrementAndGet();
    }
  }
}
