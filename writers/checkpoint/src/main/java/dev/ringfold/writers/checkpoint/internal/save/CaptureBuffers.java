// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.RingfoldException;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWorkers;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Copies tensors out of the caller's arrays, so that the caller may go on changing them. The copies
 * lie outside the heap, in buffers that the next capture uses again; tensors that are frozen are
 * not copied. Thread-safe.
 */
public final class CaptureBuffers {
  /** Bytes of one buffer: 4 MiB. */
  static final int BUFFER_BYTES = 4 << 20;

  /** What an element's offset in a buffer is a multiple of: the largest element. */
  private static final int ALIGNMENT = 16;

  private final ChunkWorkers workers;
  private final long maxIdleBytes;
  private final Deque<ByteBuffer> idle = new ArrayDeque<>();

  /**
   * @param workers help to copy
   * @param maxIdleBytes most bytes of buffers that are kept for the next capture
   */
  public CaptureBuffers(ChunkWorkers workers, long maxIdleBytes) {
    this.workers = workers;
    this.maxIdleBytes = maxIdleBytes;
  }

  /** Where one run of bytes comes from and which buffer it goes to. */
  private record Part(Tensor tensor, long offset, int buffer, int at, int length) {}

  /** Where the next byte goes. */
  private static final class Cursor {
    private int buffer = -1;
    private int at = BUFFER_BYTES;

    void align() {
      at = (at + ALIGNMENT - 1) & -ALIGNMENT;
      if (at >= BUFFER_BYTES) {
        buffer++;
        at = 0;
      }
    }
  }

  /** Copies what is not frozen; when this returns, nothing of the caller's is needed any more. */
  public Captured capture(List<ChunkWriter.Request> requests) {
    Cursor cursor = new Cursor();
    List<List<Part>> parts = new ArrayList<>();
    for (ChunkWriter.Request request : requests) {
      parts.add(request.tensor().isFrozen() ? List.of() : plan(request.tensor(), cursor));
    }
    int count = cursor.buffer + 1;
    ByteBuffer[] buffers = new ByteBuffer[count];
    takeIdle(buffers);
    boolean done = false;
    try {
      workers.run(copies(parts, buffers));
      done = true;
    } catch (OutOfMemoryError e) {
      throw new RingfoldException(
          "There is no memory outside the heap to capture "
              + (long) count * BUFFER_BYTES
              + " bytes of tensors. Raise -XX:MaxDirectMemorySize, or hand over tensors that do not"
              + " change any more with frozen(), which are not copied.",
          e);
    } finally {
      if (!done) {
        giveBack(buffers);
      }
    }
    List<ChunkWriter.Request> copied = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      copied.add(copied(requests.get(i), parts.get(i), buffers));
    }
    return new Captured(this, copied, buffers);
  }

  private static List<Part> plan(Tensor tensor, Cursor cursor) {
    List<Part> parts = new ArrayList<>();
    long offset = 0;
    while (offset < tensor.bytes()) {
      cursor.align();
      int length = (int) Math.min(tensor.bytes() - offset, BUFFER_BYTES - cursor.at);
      parts.add(new Part(tensor, offset, cursor.buffer, cursor.at, length));
      cursor.at += length;
      offset += length;
    }
    return parts;
  }

  /** One piece of work for each buffer, which also allocates it: that takes longer than to copy. */
  private static List<Runnable> copies(List<List<Part>> parts, ByteBuffer[] buffers) {
    List<List<Part>> perBuffer = new ArrayList<>();
    for (int i = 0; i < buffers.length; i++) {
      perBuffer.add(new ArrayList<>());
    }
    parts.forEach(some -> some.forEach(part -> perBuffer.get(part.buffer()).add(part)));
    List<Runnable> work = new ArrayList<>();
    for (int i = 0; i < buffers.length; i++) {
      int index = i;
      work.add(() -> copy(perBuffer.get(index), buffers, index));
    }
    return work;
  }

  private static void copy(List<Part> parts, ByteBuffer[] buffers, int index) {
    if (buffers[index] == null) {
      buffers[index] = ByteBuffer.allocateDirect(BUFFER_BYTES);
    }
    ByteBuffer target = buffers[index].duplicate();
    for (Part part : parts) {
      target.limit(part.at() + part.length()).position(part.at());
      part.tensor().copyTo(part.offset(), target);
    }
  }

  private static ChunkWriter.Request copied(
      ChunkWriter.Request request, List<Part> parts, ByteBuffer[] buffers) {
    Tensor tensor = request.tensor();
    if (tensor.isFrozen()) {
      return request;
    }
    List<ByteBuffer> views = new ArrayList<>();
    for (Part part : parts) {
      views.add(buffers[part.buffer()].slice(part.at(), part.length()));
    }
    return new ChunkWriter.Request(
        request.group(),
        request.name(),
        Tensor.of(tensor.dtype(), views, tensor.shape()).frozen(),
        request.codec());
  }

  private synchronized void takeIdle(ByteBuffer[] buffers) {
    for (int i = 0; i < buffers.length && !idle.isEmpty(); i++) {
      buffers[i] = idle.pop();
    }
  }

  synchronized void giveBack(ByteBuffer[] buffers) {
    for (int i = 0; i < buffers.length; i++) {
      ByteBuffer buffer = buffers[i];
      if (buffer != null && (idle.size() + 1L) * BUFFER_BYTES <= maxIdleBytes) {
        idle.push(buffer);
      }
    }
  }

  /** Bytes of the buffers that wait for the next capture. */
  public synchronized long idleBytes() {
    return (long) idle.size() * BUFFER_BYTES;
  }
}
