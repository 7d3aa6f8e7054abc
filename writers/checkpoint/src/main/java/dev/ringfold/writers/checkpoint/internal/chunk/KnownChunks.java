// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.tensor.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chunks that were stored earlier, by what is in them and how it was stored: one that comes again
 * need not be compressed again. Their blobs may be gone by now. Bounded: what was not used for the
 * longest time is forgotten. Thread-safe.
 */
public final class KnownChunks {
  /** Most chunks that are remembered. */
  public static final int MAX_CHUNKS = 1 << 16;

  private record Key(BlobId rawSha256, ChunkCodec codec, int elementBytes) {
    /** Without shuffling, the element's size has no part in the bytes. */
    static Key of(BlobId rawSha256, ChunkCodec codec, DType dtype) {
      return new Key(rawSha256, codec, codec.shuffle() ? dtype.bytes() : 1);
    }
  }

  private final Map<Key, BlobRef> blobs = new LinkedHashMap<>(16, 0.75f, true);

  /** Remembers the chunks of a stored tensor. */
  public synchronized void learn(StoredTensor tensor) {
    for (StoredChunk chunk : tensor.chunks()) {
      blobs.put(Key.of(chunk.rawSha256(), tensor.codec(), tensor.dtype()), chunk.blob());
    }
    while (blobs.size() > MAX_CHUNKS) {
      blobs.remove(blobs.keySet().iterator().next());
    }
  }

  /** The blob that holds these elements stored in this way, or null. */
  synchronized @Nullable BlobRef find(BlobId rawSha256, ChunkCodec codec, DType dtype) {
    return blobs.get(Key.of(rawSha256, codec, dtype));
  }
}
