// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import dev.ringfold.writers.checkpoint.internal.io.Zlib;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes an array in compressed chunks. A chunk is 1 along the leading axes, some rows of one axis
 * and all of the axes after it, so that it is one range of the array's bytes; what lies past the
 * array's end is zeros.
 */
final class ChunkedArray {
  private final Tensor tensor;
  private final Hdf5Storage storage;
  private final long[] shape;
  private final long[] chunk;
  private final int axis;
  private final int chunkBytes;

  ChunkedArray(Tensor tensor, Hdf5Storage storage) {
    this.tensor = tensor;
    this.storage = storage;
    this.shape = tensor.shape();
    this.chunk = shape.clone();
    int most = Hdf5Storage.chunkBytes(tensor.bytes());
    long row = tensor.dtype().bytes();
    int cut = shape.length - 1;
    while (cut > 0 && row * shape[cut] <= most) {
      row *= shape[cut];
      cut--;
    }
    this.axis = cut;
    chunk[cut] = Math.max(1, Math.min(shape[cut], most / row));
    Arrays.fill(chunk, 0, cut, 1);
    this.chunkBytes = Math.toIntExact(row * chunk[cut]);
  }

  long[] chunk() {
    return chunk.clone();
  }

  /** Appends all chunks and their index to a file; returns where the index is. */
  long write(TargetFile file) {
    ChunkIndex index = new ChunkIndex(shape.length);
    byte[] raw = new byte[chunkBytes];
    byte[] shuffled = storage.shuffle() ? new byte[chunkBytes] : raw;
    long[] offset = new long[shape.length];
    for (long at = 0; at < tensor.bytes(); ) {
      int count = (int) Math.min(chunkBytes, rowBytes() * (shape[axis] - offset[axis]));
      Arrays.fill(raw, count, chunkBytes, (byte) 0);
      tensor.copyTo(at, ByteBuffer.wrap(raw, 0, count));
      if (storage.shuffle()) {
        shuffle(raw, shuffled, tensor.dtype().bytes());
      }
      long address = file.length();
      index.add(offset, compress(shuffled, file), address);
      at += count;
      advance(offset);
    }
    long[] end = new long[shape.length];
    end[0] = (shape[0] + chunk[0] - 1) / chunk[0] * chunk[0];
    return index.write(file, end);
  }

  private long rowBytes() {
    return chunkBytes / chunk[axis];
  }

  private void advance(long[] offset) {
    offset[axis] += chunk[axis];
    for (int i = axis; i > 0 && offset[i] >= shape[i]; i--) {
      offset[i] = 0;
      offset[i - 1]++;
    }
  }

  private int compress(byte[] bytes, TargetFile file) {
    try (Zlib.Stream stream = new Zlib.Stream(storage.gzipLevel(), file)) {
      stream.write(bytes, bytes.length);
      return Math.toIntExact(stream.finish());
    }
  }

  static void shuffle(byte[] from, byte[] to, int elementBytes) {
    int elements = from.length / elementBytes;
    for (int b = 0; b < elementBytes; b++) {
      int target = b * elements;
      for (int i = 0, source = b; i < elements; i++, source += elementBytes) {
        to[target + i] = from[source];
      }
    }
  }
}
