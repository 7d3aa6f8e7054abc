// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.io.SourceFile;
import dev.ringfold.writers.checkpoint.internal.io.Zlib;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.quantum.StateDocument;
import dev.ringfold.writers.checkpoint.quantum.StateTimes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads {@link QmsFile}. */
final class QmsReader {
  private static final int MARKER_BYTES = 4;

  private final SourceFile file;
  private final FormatLimits limits;

  private QmsReader(SourceFile file, FormatLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  static QuantumState read(Path path, FormatLimits limits) {
    try (SourceFile file = SourceFile.open(path, limits.maxFileBytes())) {
      return new QmsReader(file, limits).read();
    }
  }

  private QuantumState read() {
    JsonFields header = header();
    byte[] marker = file.bytes(MARKER_BYTES, "marker");
    double[] vector = null;
    boolean compressed = Arrays.equals(marker, QmsFile.COMPRESSED);
    byte[] lengthBytes = marker;
    if (compressed || Arrays.equals(marker, QmsFile.RAW)) {
      vector = vector(compressed);
      lengthBytes = file.bytes(Integer.BYTES, "length of the metadata");
    }
    JsonFields metadata = metadata(lengthBytes);
    return metadata.has("state") || metadata.has("metadata_checksum")
        ? ours(header, vector, metadata)
        : others(header, vector, metadata);
  }

  private JsonFields header() {
    long length = file.u32("length of the header");
    if (length > QmsFile.MAX_HEADER_BYTES) {
      throw new FormatException(
          file.path()
              + ": a header of "
              + length
              + " bytes; at most "
              + QmsFile.MAX_HEADER_BYTES
              + " are read. Is it a .qms file?");
    }
    JsonFields header = object(file.bytes(length, "header"), "header");
    if (!header.string("format").equals(QmsFile.FORMAT)) {
      throw new FormatException(
          header.where()
              + ": expected the format "
              + QmsFile.FORMAT
              + " but found "
              + header.string("format"));
    }
    String dtype = header.optionalString("dtype");
    if (dtype != null && !dtype.equals(StateArrays.DTYPE)) {
      throw new FormatException(
          header.where() + ": expected dtype " + StateArrays.DTYPE + " but found " + dtype);
    }
    return header;
  }

  private JsonFields object(byte[] json, String part) {
    String where = file.path() + ", " + part;
    return JsonFields.of(CanonicalJson.parseObject(json, where, limits), where);
  }

  private double[] vector(boolean compressed) {
    String where = file.path() + ", vector at byte " + file.position();
    long length = file.u64("length of the vector");
    if (length < 0 || length > file.remaining() || length > limits.maxTotalBytes()) {
      throw new FormatException(
          where
              + ": has a length of "
              + Long.toUnsignedString(length)
              + " bytes; "
              + file.remaining()
              + " follow, and at most "
              + limits.maxTotalBytes()
              + " are read");
    }
    if (compressed) {
      byte[] raw =
          Zlib.inflate(file.bytes(length, "vector"), where, limits.maxTotalBytes(), limits);
      StateArrays.qubits(amplitudes(raw.length, where), where);
      return StateArrays.doubles(raw);
    }
    StateArrays.qubits(amplitudes(length, where), where);
    return raw((int) (length / Double.BYTES));
  }

  private static long amplitudes(long bytes, String where) {
    if (bytes % (2 * Double.BYTES) != 0) {
      throw new FormatException(
          where + ": expected whole complex128 numbers of 16 bytes but found " + bytes + " bytes");
    }
    return bytes / (2 * Double.BYTES);
  }

  private double[] raw(int count) {
    double[] values = new double[count];
    byte[] piece = new byte[1 << 16];
    ByteBuffer view = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < count; ) {
      int part = Math.min(piece.length / Double.BYTES, count - at);
      file.read(piece, part * Double.BYTES);
      view.asDoubleBuffer().get(values, at, part);
      at += part;
    }
    return values;
  }

  private JsonFields metadata(byte[] lengthBytes) {
    long length =
        ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffff_ffffL;
    if (length != file.remaining()) {
      throw new FormatException(
          file.path()
              + ": expected metadata of "
              + length
              + " bytes at byte "
              + file.position()
              + " to the end of the file, but "
              + file.remaining()
              + " bytes follow");
    }
    if (length > limits.maxHeaderBytes()) {
      throw new FormatException(
          file.path()
              + ": metadata of "
              + length
              + " bytes; at most "
              + limits.maxHeaderBytes()
              + " are read");
    }
    return object(file.bytes(length, "metadata"), "metadata");
  }

  /** What we wrote says everything twice; what is not the same in both places is damaged. */
  private QuantumState ours(JsonFields header, double @Nullable [] vector, JsonFields metadata) {
    String where = metadata.where();
    QuantumState state =
        StateDocument.state(
            metadata.object("state").map(),
            vector,
            StateArrays.tensors(metadata, "mps_tensors"),
            where);
    same(header, "state_id", state.id());
    same(header, "timestamp", StateTimes.format(state.timestamp()));
    same(header, "sha256", metadata.string("checksum"));
    if (header.integer("n_qubits", 0, QuantumState.MAX_QUBITS) != state.qubits()
        || (header.has("dtype") != (vector != null))) {
      throw new FormatException(
          header.where() + ": is not of the state with " + state.qubits() + " qubits that follows");
    }
    StateChecksums.check(
        state,
        file.path().toString(),
        JsonReader.checksum(header, "sha256"),
        JsonReader.checksum(metadata, "metadata_checksum"));
    return state;
  }

  private static void same(JsonFields fields, String key, String expected) {
    if (!fields.string(key).equals(expected)) {
      throw new FormatException(
          fields.where()
              + ": expected '"
              + expected
              + "' as '"
              + key
              + "' but found '"
              + fields.string(key)
              + "'");
    }
  }

  private QuantumState others(JsonFields header, double @Nullable [] vector, JsonFields metadata) {
    String where = header.where();
    String fileName = String.valueOf(file.path().getFileName());
    String id = header.optionalString("state_id");
    int said = header.has("n_qubits") ? header.integer("n_qubits", 0, QuantumState.MAX_QUBITS) : 0;
    String time = header.optionalString("timestamp");
    try {
      QuantumState state =
          QuantumState.builder(
                  id == null ? ForeignStates.idOfName(fileName) : id,
                  vector == null ? said : StateArrays.qubits(vector.length / 2, where))
              .timestamp(time == null ? Instant.EPOCH : StateTimes.parse(time, where))
              .vector(vector)
              .metadata(ForeignStates.withSaidQubits(metadata.map(), said, vector))
              .build();
      String checksum = header.has("sha256") ? JsonReader.checksum(header, "sha256") : null;
      if (checksum == null) {
        checksum = ForeignStates.checksum(metadata.map().get("checksum"), metadata.where());
      }
      StateChecksums.check(state, file.path().toString(), checksum, null);
      return state;
    } catch (IllegalArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
  }
}
