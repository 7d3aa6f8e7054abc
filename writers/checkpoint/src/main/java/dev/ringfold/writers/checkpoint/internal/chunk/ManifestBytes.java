// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes and reads the layout that {@link Manifest} describes. */
final class ManifestBytes {
  private static final long MAGIC = 0x524F534E45544652L;
  private static final int HEADER_BYTES = 16;
  private static final int CHUNK_BYTES = 2 * BlobId.LENGTH + Long.BYTES;

  /** Of a tensor: two strings' lengths, five single bytes, the number of chunks. */
  private static final int TENSOR_BYTES = 2 * Integer.BYTES + 5 + Integer.BYTES;

  /** What the shortest tensor takes, with two names of one character and a scalar's chunk. */
  private static final int MIN_TENSOR_BYTES = TENSOR_BYTES + 2;

  private ManifestBytes() {}

  static byte[] encode(Manifest manifest) {
    byte[] metadata = manifest.metadata().getBytes(StandardCharsets.UTF_8);
    if (metadata.length > Manifest.MAX_METADATA_BYTES) {
      throw new IllegalArgumentException(
          "Metadata has at most "
              + Manifest.MAX_METADATA_BYTES
              + " bytes as JSON but these are "
              + metadata.length
              + "; store large values as tensors");
    }
    ByteBuffer out = ByteBuffer.allocate(size(manifest, metadata)).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(manifest.version()).putInt(manifest.tensors().size());
    out.putInt(metadata.length).put(metadata);
    manifest.tensors().forEach(tensor -> put(tensor, out));
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, out.position());
    out.putInt((int) crc.getValue());
    return out.array();
  }

  /** Names are ASCII. */
  private static int size(Manifest manifest, byte[] metadata) {
    long size = 2L * Integer.BYTES + HEADER_BYTES + metadata.length;
    for (StoredTensor tensor : manifest.tensors()) {
      size += (long) TENSOR_BYTES + tensor.group().length() + tensor.name().length();
      size += 2L * Long.BYTES * tensor.shape().length;
      size += (long) CHUNK_BYTES * tensor.chunks().size();
    }
    if (size > Manifest.MAX_BYTES) {
      throw new IllegalArgumentException(
          "A manifest has at most " + Manifest.MAX_BYTES + " bytes but this one has " + size);
    }
    return (int) size;
  }

  private static void put(StoredTensor tensor, ByteBuffer out) {
    putString(tensor.group(), out);
    putString(tensor.name(), out);
    ChunkCodec codec = tensor.codec();
    out.put((byte) tensor.dtype().code());
    out.put((byte) codec.compressor().code());
    out.put((byte) codec.level());
    out.put((byte) (codec.shuffle() ? 1 : 0));
    long[] shape = tensor.shape();
    out.put((byte) shape.length);
    out.asLongBuffer().put(shape).put(tensor.chunkShape());
    out.position(out.position() + 2 * Long.BYTES * shape.length);
    out.putInt(tensor.chunks().size());
    for (StoredChunk chunk : tensor.chunks()) {
      chunk.blob().id().writeTo(out);
      out.putLong(chunk.blob().length());
      chunk.rawSha256().writeTo(out);
    }
  }

  private static void putString(String text, ByteBuffer out) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    out.putInt(bytes.length).put(bytes);
  }

  static Manifest decode(ByteBuffer source, String where) {
    ByteBuffer in = source.slice().order(ByteOrder.LITTLE_ENDIAN);
    checkEnds(in, where);
    in.position(HEADER_BYTES - Integer.BYTES).limit(in.limit() - Integer.BYTES);
    try {
      int count = in.getInt();
      if (count < 0 || count > Manifest.MAX_TENSORS || count > in.limit() / MIN_TENSOR_BYTES) {
        throw new FormatException(where + ": a manifest cannot have " + count + " tensors");
      }
      String metadata = readString(in, Manifest.MAX_METADATA_BYTES, where);
      List<StoredTensor> tensors = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        tensors.add(readTensor(in, where));
      }
      if (in.hasRemaining()) {
        throw new FormatException(
            where + ": " + in.remaining() + " bytes follow the last tensor of the manifest");
      }
      return new Manifest(Manifest.VERSION, metadata, tensors);
    } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
      throw new FormatException(
          where + ": the manifest is not well formed at offset " + in.position() + ": " + e, e);
    }
  }

  private static void checkEnds(ByteBuffer in, String where) {
    int length = in.limit();
    if (length < HEADER_BYTES + 2 * Integer.BYTES || length > Manifest.MAX_BYTES) {
      throw new FormatException(where + ": a manifest cannot have " + length + " bytes");
    }
    if (in.getLong(0) != MAGIC) {
      throw new FormatException(
          where
              + ": expected the magic "
              + Long.toHexString(MAGIC)
              + " of a manifest but found "
              + Long.toHexString(in.getLong(0)));
    }
    if (in.getInt(Long.BYTES) != Manifest.VERSION) {
      throw new FormatException(
          where
              + ": expected version "
              + Manifest.VERSION
              + " of a manifest but found "
              + in.getInt(Long.BYTES)
              + "; a newer Ringfold may have written it");
    }
    CRC32C crc = new CRC32C();
    crc.update(in.duplicate().limit(length - Integer.BYTES));
    int stored = in.getInt(length - Integer.BYTES);
    if (stored != (int) crc.getValue()) {
      throw new FormatException(
          where
              + ": the manifest's CRC32C is "
              + Integer.toHexString(stored)
              + " but its bytes have "
              + Integer.toHexString((int) crc.getValue()));
    }
  }

  private static StoredTensor readTensor(ByteBuffer in, String where) {
    String group = readString(in, TensorNames.MAX_LENGTH, where);
    String name = readString(in, TensorNames.MAX_LENGTH, where);
    DType dtype = DType.ofCode(in.get());
    Compressor compressor = Compressor.ofCode(in.get());
    int level = in.get();
    int shuffle = in.get();
    if (shuffle != 0 && shuffle != 1) {
      throw new FormatException(where + ": shuffle must be 0 or 1 but is " + shuffle);
    }
    int dimensions = in.get();
    if (dimensions < 0 || dimensions > Tensor.MAX_DIMENSIONS) {
      throw new FormatException(where + ": a tensor cannot have " + dimensions + " dimensions");
    }
    long[] shape = readLongs(in, dimensions);
    long[] chunkShape = readLongs(in, dimensions);
    int rawLength = ChunkGrid.of(dtype, shape, chunkShape).rawLength();
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / CHUNK_BYTES) {
      throw new FormatException(
          where + ": " + in.remaining() + " bytes cannot list " + count + " chunks");
    }
    List<StoredChunk> chunks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      BlobRef blob = new BlobRef(BlobId.readFrom(in), in.getLong());
      chunks.add(new StoredChunk(blob, rawLength, BlobId.readFrom(in)));
    }
    ChunkCodec codec = new ChunkCodec(compressor, level, shuffle == 1);
    return new StoredTensor(group, name, dtype, shape, chunkShape, codec, chunks);
  }

  private static long[] readLongs(ByteBuffer in, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getLong();
    }
    return values;
  }

  private static String readString(ByteBuffer in, int maxBytes, String where) {
    int length = in.getInt();
    if (length < 0 || length > maxBytes || length > in.remaining()) {
      throw new FormatException(
          where
              + ": a string of "
              + length
              + " bytes at offset "
              + in.position()
              + " where at most "
              + Math.min(maxBytes, in.remaining())
              + " can be");
    }
    ByteBuffer text = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(text)
          .toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(
          where + ": a string of " + length + " bytes is not UTF-8: " + e.getMessage(), e);
    }
  }
}
