// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import dev.ringfold.writers.checkpoint.internal.io.Zlib;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.quantum.StateDocument;
import dev.ringfold.writers.checkpoint.quantum.StateTimes;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * One state in the binary format of the Quantum Memory, {@code .qms}. Numbers are little-endian.
 *
 * <pre>
 * u32       length of the header
 * header    {"dtype":"&lt;c16","format":"QMS_BINARY_v1","n_qubits":n,"sha256":"...","state_id":"...",
 *            "timestamp":"..."}; other writers give no dtype and no sha256
 * 4 bytes   "COMP", zlib, when the vector is over 1 MiB, or "RAW " with its blank
 * u64       length of the bytes that follow, as they are stored
 * bytes     the vector, complex128: real and imaginary part in turn
 * u32       length of the metadata
 * metadata  {"checksum":"...","compression":"zlib","metadata_checksum":"...","n_qubits":n,
 *            "mps_tensors":[...],"state":{the document},"timestamp":"...","version":"2.0"}
 * </pre>
 *
 * A state without vector has no marker, length and bytes. {@code sha256} and {@code checksum} are
 * the first checksum of {@link StateChecksums}, {@code state} is its {@link StateDocument}. In
 * files of others the metadata is any JSON object; it becomes the state's metadata.
 *
 * <p>All methods are thread-safe.
 */
public final class QmsFile {
  /** What the header gives as format. */
  public static final String FORMAT = "QMS_BINARY_v1";

  /** Vectors of more bytes are compressed. */
  public static final int COMPRESSED_OVER_BYTES = 1 << 20;

  /** Level of zlib when nothing else is said. */
  public static final int DEFAULT_LEVEL = 9;

  /** Most bytes of a header. */
  public static final int MAX_HEADER_BYTES = 1 << 20;

  static final byte[] COMPRESSED = "COMP".getBytes(StandardCharsets.US_ASCII);
  static final byte[] RAW = "RAW ".getBytes(StandardCharsets.US_ASCII);

  private QmsFile() {}

  /** Writes a state, whole or not at all; a vector over 1 MiB by zlib's level 9. */
  public static void write(Path file, QuantumState state) {
    write(file, state, DEFAULT_LEVEL);
  }

  /**
   * Writes a state, whole or not at all.
   *
   * @param level of zlib, 1 to 9, for a vector over 1 MiB; 0 never compresses
   * @throws dev.ringfold.StoreAccessException when the file cannot be written
   */
  public static void write(Path file, QuantumState state, int level) {
    if (level < 0 || level > 9) {
      throw new IllegalArgumentException("a level of zlib is from 0 to 9, not " + level);
    }
    StateChecksums checksums = StateChecksums.of(state);
    Tensor vector = state.vectorTensor();
    boolean compressed = vector != null && vector.bytes() > COMPRESSED_OVER_BYTES && level > 0;
    try (TargetFile target = TargetFile.create(file)) {
      appendText(target, header(state, checksums));
      if (vector != null) {
        appendVector(target, vector, compressed ? level : 0);
      }
      appendText(target, metadata(state, checksums, compressed ? "zlib" : "none"));
      target.freeze();
    }
  }

  private static Map<String, Object> header(QuantumState state, StateChecksums checksums) {
    Map<String, Object> header = new TreeMap<>();
    header.put("format", FORMAT);
    header.put("state_id", state.id());
    header.put("timestamp", StateTimes.format(state.timestamp()));
    header.put("n_qubits", state.qubits());
    header.put("sha256", checksums.quantumState());
    if (state.vector() != null) {
      header.put("dtype", StateArrays.DTYPE);
    }
    return header;
  }

  private static Map<String, Object> metadata(
      QuantumState state, StateChecksums checksums, String compression) {
    Map<String, Object> metadata = new TreeMap<>();
    metadata.put("version", StateDocument.VERSION);
    metadata.put("n_qubits", state.qubits());
    metadata.put("timestamp", StateTimes.format(state.timestamp()));
    metadata.put("compression", compression);
    metadata.put("checksum", checksums.quantumState());
    metadata.put("metadata_checksum", checksums.metadata());
    metadata.put("state", StateDocument.map(state));
    if (!state.mps().isEmpty()) {
      metadata.put("mps_tensors", StateArrays.forms(state.mps()));
    }
    return metadata;
  }

  private static void appendText(TargetFile target, Map<String, Object> json) {
    byte[] bytes = CanonicalJson.bytes(json);
    target.append(u32(bytes.length));
    target.append(bytes);
  }

  private static void appendVector(TargetFile target, Tensor vector, int level) {
    target.append(level > 0 ? COMPRESSED : RAW);
    long lengthAt = target.length();
    target.append(u64(vector.bytes()));
    if (level > 0) {
      target.overwrite(lengthAt, u64(Zlib.deflate(vector, level, target)));
    } else {
      target.append(vector);
    }
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] u64(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  /** Reads a state with the limits of {@link FormatLimits#DEFAULT}. */
  public static QuantumState read(Path file) {
    return read(file, FormatLimits.DEFAULT);
  }

  /**
   * Reads a state, of ours or another writer.
   *
   * @throws FormatException when the file is not of this format, is damaged, or over a limit
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when its content is not what
   *     was written
   */
  public static QuantumState read(Path file, FormatLimits limits) {
    return QmsReader.read(file, limits);
  }
}
