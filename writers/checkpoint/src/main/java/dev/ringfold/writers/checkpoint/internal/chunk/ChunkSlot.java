// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one chunk on its way from a tensor to a blob. Handed from the writer's thread to a
 * worker and back, never used by two threads at once.
 */
final class ChunkSlot implements AutoCloseable {
  private final ChunkEncoder encoder = new ChunkEncoder();
  private ByteBuffer raw = ByteBuffer.allocateDirect(0);
  private ByteBuffer encoded = raw;
  private ChunkWriter.@Nullable Request request;
  private @Nullable BlobId rawSha256;
  private @Nullable BlobId encodedSha256;
  private @Nullable BlobRef knownBlob;
  private long start;
  private int length;
  private int rawLength;

  /** Says which chunk to work on. */
  void take(ChunkWriter.Request newRequest, ChunkGrid grid, int chunk) {
    request = newRequest;
    start = grid.start(chunk);
    length = grid.length(chunk);
    rawLength = grid.rawLength();
  }

  /** Copies, pads and hashes the elements, and encodes them unless they are known. */
  ChunkSlot work(KnownChunks known) {
    Tensor tensor = request().tensor();
    if (raw.capacity() < rawLength) {
      raw = ByteBuffer.allocateDirect(rawLength);
    }
    raw.clear().limit(length);
    tensor.copyTo(start, raw);
    raw.limit(rawLength);
    while (raw.hasRemaining()) {
      raw.put((byte) 0);
    }
    BlobId hash = ChunkHash.of(raw.flip());
    rawSha256 = hash;
    knownBlob = known.find(hash, request().codec(), tensor.dtype());
    if (knownBlob == null) {
      encode();
    }
    return this;
  }

  /** Encodes the elements and hashes the result. */
  void encode() {
    ChunkCodec codec = request().codec();
    DType dtype = request().tensor().dtype();
    encoded = encoder.encode(codec, dtype.bytes(), raw);
    boolean same = codec.equals(ChunkCodec.RAW);
    encodedSha256 = same ? rawSha256 : ChunkHash.of(encoded);
  }

  private ChunkWriter.Request request() {
    return Objects.requireNonNull(request, "take comes first");
  }

  @Nullable BlobRef knownBlob() {
    return knownBlob;
  }

  ByteBuffer encoded() {
    return encoded;
  }

  BlobId encodedSha256() {
    return Objects.requireNonNull(encodedSha256, "encode comes first");
  }

  BlobId rawSha256() {
    return Objects.requireNonNull(rawSha256, "work comes first");
  }

  int rawLength() {
    return rawLength;
  }

  @Override
  public void close() {
    encoder.close();
  }
}
