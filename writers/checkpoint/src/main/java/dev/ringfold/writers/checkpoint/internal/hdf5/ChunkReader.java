// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.format.FormatException;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.filter.LzfFilter;
import io.jhdf.filter.PipelineFilterWithData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Puts an array together from its chunks. The filters are undone here and not by jHDF, which would
 * inflate a chunk to whatever size it says.
 */
final class ChunkReader {
  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int FLETCHER32 = 3;
  private static final int LZF = 32_000;
  private static final int CHECKSUM_BYTES = 4;

  private final ChunkedDataset dataset;
  private final int elementBytes;
  private final String where;
  private final int[] chunk;
  private final int chunkBytes;
  private final List<PipelineFilterWithData> filters;

  ChunkReader(ChunkedDataset dataset, int elementBytes, long maxChunkBytes, String where) {
    this.dataset = dataset;
    this.elementBytes = elementBytes;
    this.where = where;
    this.chunk = dataset.getChunkDimensions();
    this.filters = dataset.getFilters();
    long bytes = elementBytes;
    for (int dimension : chunk) {
      bytes = dimension < 1 ? -1 : bytes * dimension;
      if (bytes < 0 || bytes > maxChunkBytes) {
        throw new FormatException(where + ": chunks of more than " + maxChunkBytes + " bytes");
      }
    }
    this.chunkBytes = (int) bytes;
    for (PipelineFilterWithData filter : filters) {
      int id = filter.getId();
      if (id != DEFLATE && id != SHUFFLE && id != FLETCHER32 && id != LZF) {
        throw new FormatException(
            where
                + ": compressed by the filter "
                + id
                + " ("
                + filter.getName()
                + "); gzip, shuffle, fletcher32 and lzf are read. Convert it by h5repack");
      }
    }
  }

  byte[] read(long[] shape) {
    if (chunk.length != shape.length) {
      throw new FormatException(
          where + ": has " + shape.length + " dimensions but chunks of " + chunk.length);
    }
    long total = elementBytes;
    for (long dimension : shape) {
      total *= dimension;
    }
    byte[] target = new byte[(int) total];
    int[] offset = new int[shape.length];
    do {
      place(decode(dataset.getRawChunkBuffer(offset)), offset, shape, target);
    } while (advance(offset, shape));
    return target;
  }

  private boolean advance(int[] offset, long[] shape) {
    for (int i = offset.length - 1; i >= 0; i--) {
      offset[i] += chunk[i];
      if (offset[i] < shape[i]) {
        return true;
      }
      offset[i] = 0;
    }
    return false;
  }

  private byte[] decode(ByteBuffer stored) {
    byte[] bytes = new byte[stored.remaining()];
    stored.get(bytes);
    int checksums = 0;
    for (PipelineFilterWithData filter : filters) {
      checksums += filter.getId() == FLETCHER32 ? CHECKSUM_BYTES : 0;
    }
    for (int i = filters.size() - 1; i >= 0; i--) {
      bytes = decode(filters.get(i), bytes, chunkBytes + checksums);
    }
    if (bytes.length != chunkBytes) {
      throw new FormatException(
          where + ": expected a chunk of " + chunkBytes + " bytes but found " + bytes.length);
    }
    return bytes;
  }

  private byte[] decode(PipelineFilterWithData filter, byte[] bytes, int most) {
    return switch (filter.getId()) {
      case DEFLATE -> inflate(bytes, most);
      case SHUFFLE -> unshuffle(bytes);
      case FLETCHER32 -> withoutChecksum(bytes);
      // A chunk that did not become smaller was left as it was.
      default ->
          bytes.length == chunkBytes
              ? bytes
              : new LzfFilter().decode(bytes, new int[] {4, 0, chunkBytes});
    };
  }

  private byte[] inflate(byte[] bytes, int most) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes);
      byte[] raw = new byte[most];
      int length = 0;
      while (length < most) {
        int count = inflater.inflate(raw, length, most - length);
        if (count == 0) {
          break;
        }
        length += count;
      }
      if (!inflater.finished() && inflater.inflate(new byte[1]) > 0) {
        throw new FormatException(where + ": a chunk becomes more than " + most + " bytes");
      }
      if (!inflater.finished()) {
        throw new FormatException(where + ": a compressed chunk is cut off");
      }
      return length == most ? raw : Arrays.copyOf(raw, length);
    } catch (DataFormatException e) {
      throw new FormatException(
          where + ": a chunk is not compressed by gzip: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  private byte[] unshuffle(byte[] bytes) {
    int elements = bytes.length / elementBytes;
    if (elements * elementBytes != bytes.length) {
      throw new FormatException(where + ": a chunk of " + bytes.length + " bytes was shuffled");
    }
    byte[] raw = new byte[bytes.length];
    for (int b = 0; b < elementBytes; b++) {
      int source = b * elements;
      for (int i = 0, target = b; i < elements; i++, target += elementBytes) {
        raw[target] = bytes[source + i];
      }
    }
    return raw;
  }

  private byte[] withoutChecksum(byte[] bytes) {
    int length = bytes.length - CHECKSUM_BYTES;
    if (length < 0) {
      throw new FormatException(where + ": a chunk without its checksum");
    }
    int said = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(length);
    if (said != Fletcher32.of(bytes, length)) {
      throw new FormatException(where + ": a chunk is not what its checksum says");
    }
    return Arrays.copyOf(bytes, length);
  }

  /** Copies the rows of a chunk that are inside the array. */
  private void place(byte[] raw, int[] offset, long[] shape, byte[] target) {
    int last = shape.length - 1;
    int rowElements = (int) Math.min(chunk[last], shape[last] - offset[last]);
    int[] at = new int[shape.length];
    while (true) {
      long source = 0;
      long goal = 0;
      boolean inside = true;
      for (int i = 0; i <= last; i++) {
        source = source * chunk[i] + at[i];
        goal = goal * shape[i] + offset[i] + at[i];
        inside &= offset[i] + at[i] < shape[i];
      }
      if (inside) {
        System.arraycopy(
            raw,
            (int) (source * elementBytes),
            target,
            (int) (goal * elementBytes),
            rowElements * elementBytes);
      }
      int axis = last - 1;
      while (axis >= 0 && ++at[axis] >= Math.min(chunk[axis], shape[axis] - offset[axis])) {
        at[axis--] = 0;
      }
      if (axis < 0) {
        return;
      }
    }
  }
}
