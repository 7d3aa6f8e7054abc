// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkDecoder;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the elements of a tree's Zarr arrays; counts over all of them what they may grow to. */
final class ZarrArrayReader {
  /** Most chunks of all arrays, also of those that are not there: a look takes a microsecond. */
  static final int MAX_CHUNKS = 1 << 18;

  /** What stored bytes of a chunk may have more than its elements. */
  private static final long MAX_EXPANSION_BYTES = 1_024;

  private final Path root;
  private final FormatLimits limits;
  private final Set<Path> known = new HashSet<>();
  private long chunks;
  private long bytes;
  private long storedBytes;

  ZarrArrayReader(Path root, FormatLimits limits) {
    this.root = root;
    this.limits = limits;
  }

  /** A chunk that is there, with its stored bytes. */
  private record Chunk(Path file, long size, long[] coordinates) {}

  /**
   * Reads all elements.
   *
   * @param complete whether every chunk has to be there
   * @return little-endian elements in row-major order
   */
  List<ByteBuffer> read(Path directory, ZarrDescription info, boolean complete) {
    String where = directory.toString();
    long length = Elements.bytes(info.dtype(), info.shape(), limits, where);
    long raw = Elements.bytes(info.dtype(), info.chunkShape(), limits, where);
    if (raw > Elements.BUFFER_BYTES) {
      throw new FormatException(
          where
              + ": a chunk of "
              + raw
              + " bytes is over the "
              + Elements.BUFFER_BYTES
              + " allowed");
    }
    if (length > limits.maxTotalBytes() - bytes) {
      throw Elements.tooLarge(bytes + length, limits, root.toString());
    }
    bytes += length;
    List<Chunk> there = chunks(directory, info, length == 0, complete);
    checkRatio(where, bytes, storedBytes);
    there.forEach(chunk -> checkRatio(chunk.file().toString(), raw, chunk.size()));
    List<ByteBuffer> target = Elements.allocate(length, where);
    fill(target, info.fill());
    if (!there.isEmpty()) {
      ByteBuffer elements = Elements.allocate(raw, where).get(0);
      there.forEach(chunk -> place(decode(chunk, info, elements.clear()), chunk, info, target));
    }
    Elements.requireBooleans(info.dtype(), target, where);
    return target;
  }

  private void checkRatio(String where, long raw, long stored) {
    if (raw > FormatLimits.FREE_BYTES && raw / limits.maxRatio() > stored) {
      throw new FormatException(
          where
              + ": "
              + stored
              + " stored bytes should become "
              + raw
              + ", more than "
              + limits.maxRatio()
              + " times as many (maxRatio)");
    }
  }

  private List<Chunk> chunks(
      Path directory, ZarrDescription info, boolean empty, boolean complete) {
    List<Chunk> there = new ArrayList<>();
    if (empty) {
      return there;
    }
    long[] counts = new long[info.shape().length];
    long product = 1;
    for (int axis = 0; axis < counts.length; axis++) {
      long size = info.shape()[axis];
      counts[axis] = (size - 1) / info.chunkShape()[axis] + 1;
      product = counts[axis] > MAX_CHUNKS ? MAX_CHUNKS + 1 : product * counts[axis];
      if (product > MAX_CHUNKS - chunks) {
        throw new FormatException(
            directory + ": more than " + MAX_CHUNKS + " chunks in one tree cannot be read");
      }
    }
    chunks += product;
    long[] coordinates = new long[counts.length];
    for (long i = 0; i < product; i++) {
      Path file = directory.resolve(info.chunkName(coordinates));
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        long size = size(file);
        storedBytes += size;
        there.add(new Chunk(file, size, coordinates.clone()));
      } else if (complete) {
        throw new FormatException(file + " is missing; the tree is damaged, export it again");
      }
      advance(coordinates, counts);
    }
    return there;
  }

  private static void advance(long[] coordinates, long[] counts) {
    for (int axis = counts.length - 1; axis >= 0; axis--) {
      if (++coordinates[axis] < counts[axis]) {
        return;
      }
      coordinates[axis] = 0;
    }
  }

  /** Its size, after a look whether it really lies where its path says. */
  private long size(Path file) {
    try {
      Path parent = file.getParent();
      if (parent != null && known.add(parent)) {
        Path real = root.toRealPath();
        if (!parent.toRealPath().equals(real.resolve(root.relativize(parent)).normalize())) {
          throw new FormatException(parent + " leads out of the tree by a symbolic link");
        }
      }
      return Files.size(file);
    } catch (IOException e) {
      throw FileFailure.of("cannot look at", file, e);
    }
  }

  /** The elements of a chunk, little-endian and in row-major order. */
  private ByteBuffer decode(Chunk chunk, ZarrDescription info, ByteBuffer elements) {
    String where = chunk.file().toString();
    try (FormatFile in = FormatFile.open(chunk.file(), limits, LinkOption.NOFOLLOW_LINKS)) {
      long raw = elements.capacity();
      if (in.size() > 2 * raw + MAX_EXPANSION_BYTES || in.size() > Elements.BUFFER_BYTES) {
        throw in.refusal(0, in.size() + " bytes are too many for a chunk of " + raw);
      }
      ByteBuffer stored = in.read(0, (int) in.size());
      ChunkDecoder.decode(info.codec(), Math.max(1, info.shuffleBytes()), stored, elements, where);
    }
    ByteBuffer ready = elements.flip().order(ByteOrder.LITTLE_ENDIAN);
    if (info.bigEndian()) {
      Elements.swap(List.of(ready), info.dtype().wordBytes());
    }
    if (Elements.isTurned(info.columnMajor(), info.chunkShape())) {
      return Elements.toRowMajor(List.of(ready), info.chunkShape(), info.dtype().bytes(), where)
          .get(0);
    }
    return ready;
  }

  /** Copies the part of a chunk that lies in the array, run by run along the last axis. */
  private static void place(
      ByteBuffer elements, Chunk chunk, ZarrDescription info, List<ByteBuffer> target) {
    long[] shape = info.shape();
    long[] chunkShape = info.chunkShape();
    int size = info.dtype().bytes();
    int last = shape.length - 1;
    if (last < 0) {
      target.get(0).put(0, elements, 0, size);
      return;
    }
    long[] start = new long[shape.length];
    long[] count = new long[shape.length];
    for (int axis = 0; axis <= last; axis++) {
      start[axis] = chunk.coordinates()[axis] * chunkShape[axis];
      count[axis] = Math.min(chunkShape[axis], shape[axis] - start[axis]);
    }
    long[] runs = Arrays.copyOf(count, last);
    long[] index = new long[last];
    int length = (int) count[last] * size;
    for (long left = Tensor.elements(runs); left > 0; left--) {
      long from = 0;
      long to = 0;
      for (int axis = 0; axis <= last; axis++) {
        long at = axis < last ? index[axis] : 0;
        from = from * chunkShape[axis] + at;
        to = to * shape[axis] + start[axis] + at;
      }
      put(elements, (int) (from * size), target, to * size, length);
      advance(index, runs);
    }
  }

  private static void put(
      ByteBuffer source, int from, List<ByteBuffer> target, long to, int length) {
    int done = 0;
    while (done < length) {
      ByteBuffer buffer = target.get((int) ((to + done) / Elements.BUFFER_BYTES));
      int at = (int) ((to + done) % Elements.BUFFER_BYTES);
      int part = Math.min(length - done, buffer.limit() - at);
      buffer.put(at, source, from + done, part);
      done += part;
    }
  }

  private static void fill(List<ByteBuffer> target, byte[] element) {
    boolean zero = true;
    for (byte value : element) {
      zero &= value == 0;
    }
    for (ByteBuffer buffer : target) {
      for (int at = 0; !zero && at < buffer.limit(); at += element.length) {
        buffer.put(at, element);
      }
    }
  }
}
