// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;

/**
 * Stores tensors as chunks in a blob set. Workers copy, hash and compress chunks while the calling
 * thread puts the ones that are ready; a chunk whose elements were stored in the same way before is
 * neither compressed nor written again. The set is not forced.
 *
 * <p>Keeps some buffers of {@link ChunkGrid#TARGET_BYTES} outside the heap until it is closed. Used
 * by one thread at a time.
 */
public final class ChunkWriter implements AutoCloseable {
  /** Chunks ready or being put, beyond those the workers are at. */
  private static final int AHEAD = 6;

  private static final String CHUNK_PUT = "checkpoint.chunk.put";

  /**
   * One tensor to store.
   *
   * @param group the part of the state it belongs to
   * @param name its name in that group
   * @param tensor its elements, which nobody may change meanwhile
   * @param codec how to store them
   */
  public record Request(String group, String name, Tensor tensor, ChunkCodec codec) {}

  private record Running(Future<ChunkSlot> slot, List<StoredChunk> target) {}

  private final ChunkWorkers workers;
  private final boolean ownsWorkers;
  private final KnownChunks known;
  private final List<ChunkSlot> slots = new ArrayList<>();
  private final Deque<ChunkSlot> free = new ArrayDeque<>();
  private final Deque<Running> running = new ArrayDeque<>();

  /** A writer with {@link ChunkWorkers#DEFAULT_THREADS} workers of its own that knows no chunks. */
  public ChunkWriter() {
    this(new ChunkWorkers(ChunkWorkers.DEFAULT_THREADS), new KnownChunks(), true);
  }

  /** A writer with shared workers and knowledge; closing it leaves the workers. */
  public ChunkWriter(ChunkWorkers workers, KnownChunks known) {
    this(workers, known, false);
  }

  private ChunkWriter(ChunkWorkers workers, KnownChunks known, boolean ownsWorkers) {
    this.workers = workers;
    this.known = known;
    this.ownsWorkers = ownsWorkers;
  }

  /** Stores one tensor. */
  public StoredTensor write(
      BlobSet set, String group, String name, Tensor tensor, ChunkCodec codec) {
    return write(set, List.of(new Request(group, name, tensor, codec))).get(0);
  }

  /**
   * Stores tensors, in the order given.
   *
   * @throws dev.ringfold.RingfoldException as {@link BlobSet#put(java.nio.ByteBuffer)} says; the
   *     set can only be closed then
   */
  public List<StoredTensor> write(BlobSet set, List<Request> requests) {
    List<List<StoredChunk>> chunks = new ArrayList<>();
    boolean done = false;
    try {
      for (Request request : requests) {
        chunks.add(new ArrayList<>());
        submit(set, request, chunks.get(chunks.size() - 1));
      }
      while (!running.isEmpty()) {
        put(set);
      }
      done = true;
    } finally {
      if (!done) {
        abandon();
      }
    }
    List<StoredTensor> stored = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      stored.add(stored(requests.get(i), chunks.get(i)));
    }
    stored.forEach(known::learn);
    return stored;
  }

  private static StoredTensor stored(Request request, List<StoredChunk> chunks) {
    Tensor tensor = request.tensor();
    ChunkGrid grid = ChunkGrid.of(tensor.dtype(), tensor.shape());
    return new StoredTensor(
        request.group(),
        request.name(),
        tensor.dtype(),
        tensor.shape(),
        grid.chunkShape(),
        request.codec(),
        chunks);
  }

  private void submit(BlobSet set, Request request, List<StoredChunk> target) {
    ChunkGrid grid = ChunkGrid.of(request.tensor().dtype(), request.tensor().shape());
    for (int i = 0; i < grid.chunks(); i++) {
      ChunkSlot slot = slot(set);
      slot.take(request, grid, i);
      running.add(new Running(workers.submit(() -> slot.work(known)), target));
    }
  }

  private ChunkSlot slot(BlobSet set) {
    if (free.isEmpty() && slots.size() < workers.threads() + AHEAD) {
      ChunkSlot made = new ChunkSlot();
      slots.add(made);
      return made;
    }
    if (free.isEmpty()) {
      put(set);
    }
    return free.remove();
  }

  /** Puts the oldest chunk that is being worked on, and gives its slot back. */
  private void put(BlobSet set) {
    Running oldest = running.remove();
    ChunkSlot slot = ChunkWorkers.await(oldest.slot());
    BlobRef there = slot.knownBlob();
    if (there != null && !set.keep(there)) {
      slot.encode();
      there = null;
    }
    if (there == null) {
      BlobId id = slot.encodedSha256();
      there = set.put(slot.encoded(), id);
      FaultPoint.hit(CHUNK_PUT);
    }
    oldest.target().add(new StoredChunk(there, slot.rawLength(), slot.rawSha256()));
    free.add(slot);
  }

  /** After a failure: workers may still be at the slots. */
  private void abandon() {
    while (!running.isEmpty()) {
      Future<ChunkSlot> slot = running.remove().slot();
      try {
        ChunkWorkers.await(slot);
      } catch (RuntimeException | Error second) {
        // The first failure is the one that is thrown.
        continue;
      }
    }
    releaseSlots();
  }

  private void releaseSlots() {
    slots.forEach(ChunkSlot::close);
    slots.clear();
    free.clear();
  }

  /** Gives the buffers up. */
  @Override
  public void close() {
    releaseSlots();
    if (ownsWorkers) {
      workers.close();
    }
  }
}
