// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** Tensors that nobody changes any more, and the buffers they are in. */
public final class Captured implements AutoCloseable {
  private final CaptureBuffers owner;
  private final List<ChunkWriter.Request> requests;
  private final ByteBuffer[] buffers;
  private boolean closed;

  Captured(CaptureBuffers owner, List<ChunkWriter.Request> requests, ByteBuffer[] buffers) {
    this.owner = owner;
    this.requests = List.copyOf(requests);
    this.buffers = buffers;
  }

  /** The tensors, as copies or as the frozen ones given. */
  public List<ChunkWriter.Request> requests() {
    return requests;
  }

  /** Gives the buffers back: the copies must not be used any more. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      owner.giveBack(buffers);
    }
  }
}
