// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The fastest plain way: one Zstandard frame of level 3 for each tensor, straight from one direct
 * buffer into another and into the file. No hash, no checksum, no list of what is there.
 *
 * <pre>
 * i32 tensors, then for each: i32 bytes of the name, i32 bytes, i32 stored bytes, name, frame
 * </pre>
 */
public final class RawZstdFiles extends FileCheckpoints {
  private static final int LEVEL = 3;
  private static final int HEADER_BYTES = 3 * Integer.BYTES;

  /** Kept for the next save. */
  private ByteBuffer raw = ByteBuffer.allocateDirect(0);

  private ByteBuffer stored = raw;

  /** Files in this directory. */
  public RawZstdFiles(Path directory) {
    super(directory);
  }

  @Override
  void write(FileChannel file, Weights weights) throws IOException {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setLevel(LEVEL);
      ByteBuffer count = ByteBuffer.allocateDirect(Integer.BYTES);
      writeAll(file, count.putInt(weights.arrays().size()).flip());
      for (Map.Entry<String, float[]> entry : weights.arrays().entrySet()) {
        write(file, context, entry.getKey().getBytes(StandardCharsets.UTF_8), entry.getValue());
      }
    }
  }

  private void write(FileChannel file, ZstdCompressCtx context, byte[] name, float[] values)
      throws IOException {
    int bytes = values.length * Float.BYTES;
    int before = HEADER_BYTES + name.length;
    raw = room(raw, bytes);
    stored = room(stored, before + Math.toIntExact(Zstd.compressBound(bytes)));
    raw.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    int length =
        context.compressDirectByteBuffer(stored, before, stored.capacity() - before, raw, 0, bytes);
    stored.putInt(name.length).putInt(bytes).putInt(length).put(name);
    writeAll(file, stored.position(0).limit(before + length));
  }

  private static ByteBuffer room(ByteBuffer buffer, int bytes) {
    return buffer.capacity() >= bytes ? buffer.clear() : ByteBuffer.allocateDirect(bytes);
  }

  private static void writeAll(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  @Override
  Map<String, Tensor> read(FileChannel file) throws IOException {
    Map<String, Tensor> tensors = new TreeMap<>();
    ByteBuffer buffer = ByteBuffer.allocateDirect(HEADER_BYTES);
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      int count = read(file, buffer, Integer.BYTES).getInt();
      for (int i = 0; i < count; i++) {
        read(file, buffer, HEADER_BYTES);
        byte[] name = new byte[buffer.getInt()];
        byte[] values = new byte[buffer.getInt()];
        int length = buffer.getInt();
        buffer = room(buffer, name.length + length);
        read(file, buffer, name.length + length).get(name);
        int decoded =
            context.decompressDirectByteBufferToByteArray(
                values, 0, values.length, buffer, name.length, length);
        if (decoded != values.length) {
          throw new IOException("expected " + values.length + " bytes but found " + decoded);
        }
        tensors.put(
            new String(name, StandardCharsets.UTF_8),
            Tensor.of(DType.FLOAT32, ByteBuffer.wrap(values), values.length / Float.BYTES));
      }
    }
    return tensors;
  }

  private static ByteBuffer read(FileChannel file, ByteBuffer buffer, int bytes)
      throws IOException {
    buffer.clear().limit(bytes);
    while (buffer.hasRemaining()) {
      if (file.read(buffer) < 0) {
        throw new EOFException("the file ends where a tensor should be");
      }
    }
    return buffer.flip();
  }
}
