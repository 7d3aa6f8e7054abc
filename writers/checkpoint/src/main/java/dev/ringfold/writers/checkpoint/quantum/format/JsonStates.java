// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.io.SourceFile;
import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import dev.ringfold.writers.checkpoint.internal.io.Zlib;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.quantum.StateDocument;
import dev.ringfold.writers.checkpoint.quantum.StateTimes;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One state as JSON for people, {@code .json}, or as the same in a zlib stream, {@code .json.zlib}.
 * A line for each section:
 *
 * <pre>
 * {
 * "metadata":{"compression_metrics":{...},"metadata_checksum":"...","quantum_state_checksum":"...",
 *   "timestamp":"2025-06-30T12:34:56.789Z","version":"2.0"},
 * "interface_config":{...},
 * "measurement_cache":[...],
 * "emotional_context":{"recent_emotions":[[p,a,d],...],"stability":0.5,"trajectory":[...]},
 * "fidelity_metrics":{...},
 * "quantum_state":{"bond_dimension":0,"confidence":1.0,"metadata":{...},"mps_tensors":[...],
 *   "n_qubits":4,"pad_values":[p,a,d],"policy":"RAW","recipe":{...},"state_id":"...",
 *   "state_vector":{"data":"(base64)","dtype":"&lt;c16","encoding":"base64","shape":[16]}}
 * }
 * </pre>
 *
 * {@code policy} is {@code RAW} with a vector and {@code RECIPE} without; the recipe, the vector
 * and the tensors are there when the state has them. The checksums are those of {@link
 * StateChecksums}. {@code compression_metrics} says what became of the bytes of all sections before
 * it: {@code codec}, {@code level}, {@code raw_bytes}, {@code stored_bytes} and {@code
 * compression}, which is 1 − stored / raw; in a compressed file the metadata come last for that
 * reason.
 *
 * <p>Files of version 1.0, which have no {@code metadata}, and of others are read as well; what
 * they have besides is kept in the state's metadata.
 *
 * <p>At most {@link #MAX_BYTES} of JSON are written, since no more are read: that takes a vector of
 * up to 21 qubits. All methods are thread-safe.
 */
public final class JsonStates {
  /** The version written. */
  public static final String VERSION = "2.0";

  /** The version before, without metadata. */
  public static final String OLD_VERSION = "1.0";

  /** Level of zlib when nothing else is said. */
  public static final int DEFAULT_LEVEL = 9;

  /** Most bytes of a state's JSON, before compression: 64 MiB. */
  public static final int MAX_BYTES = FormatLimits.DEFAULT.maxHeaderBytes();

  /** What names of sections, and numbers that are known last, may add. */
  private static final int FRAME_BYTES = 1_024;

  private JsonStates() {}

  /** As the longer form, with nothing more of {@code compression_metrics}. */
  public static void write(Path file, QuantumState state) {
    write(file, state, Map.of());
  }

  /**
   * Writes {@code .json}, whole or not at all.
   *
   * @param metrics more of {@code compression_metrics}, such as how long a compression took
   * @throws FormatException when it would be more than {@link #MAX_BYTES}; nothing is written
   * @throws IllegalArgumentException when something in it is nested deeper than is read
   */
  public static void write(Path file, QuantumState state, Map<String, ?> metrics) {
    requireRoom(file, state, arrayBytes(state));
    StateChecksums checksums = StateChecksums.of(state);
    Map<String, String> sections = sections(state);
    long raw = bytes(sections);
    String metadata =
        CanonicalJson.text(metadata(state, checksums, metrics(metrics, "none", 0, raw, raw)));
    requireRoom(file, state, raw + bytes(metadata));
    StringBuilder out = new StringBuilder("{\n\"metadata\":").append(metadata);
    sections.forEach((name, text) -> out.append(",\n\"").append(name).append("\":").append(text));
    TargetFile.write(file, out.append("\n}\n").toString().getBytes(StandardCharsets.UTF_8));
  }

  private static long bytes(Map<String, String> sections) {
    return sections.values().stream().mapToLong(JsonStates::bytes).sum();
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** What the arrays take in base64. */
  private static long arrayBytes(QuantumState state) {
    Tensor vector = state.vectorTensor();
    return (vector == null ? 0 : StateArrays.formBytes(vector))
        + state.mps().stream().mapToLong(StateArrays::formBytes).sum();
  }

  private static void requireRoom(Path file, QuantumState state, long bytes) {
    if (bytes > MAX_BYTES - FRAME_BYTES) {
      throw new FormatException(
          file
              + ": state '"
              + state.id()
              + "' would be JSON of "
              + bytes
              + " bytes, and no more than "
              + MAX_BYTES
              + " are read. Write it as .qms or .h5, or without its vector.");
    }
  }

  /** As the longer form, by zlib's level 9. */
  public static void writeCompressed(Path file, QuantumState state) {
    writeCompressed(file, state, DEFAULT_LEVEL, Map.of());
  }

  /**
   * Writes {@code .json.zlib}, whole or not at all; Python opens it by {@code zlib.decompress}.
   *
   * @param level 1 to 9
   * @param metrics more of {@code compression_metrics}
   * @throws FormatException when its JSON would be more than {@link #MAX_BYTES}; nothing is written
   * @throws IllegalArgumentException when something in it is nested deeper than is read
   */
  public static void writeCompressed(
      Path file, QuantumState state, int level, Map<String, ?> metrics) {
    if (level < 1 || level > 9) {
      throw new IllegalArgumentException("a level of zlib is from 1 to 9, not " + level);
    }
    requireRoom(file, state, arrayBytes(state));
    StateChecksums checksums = StateChecksums.of(state);
    Map<String, String> sections = sections(state);
    Map<String, Object> unmeasured = metadata(state, checksums, new LinkedHashMap<>(metrics));
    requireRoom(file, state, bytes(sections) + bytes(CanonicalJson.text(unmeasured)));
    try (TargetFile target = TargetFile.create(file);
        Zlib.Stream stream = new Zlib.Stream(level, target)) {
      append(stream, "{\n");
      sections.forEach((name, text) -> append(stream, "\"" + name + "\":" + text + ",\n"));
      long stored = stream.flush();
      Map<String, Object> measured = metrics(metrics, "zlib", level, stream.rawBytes(), stored);
      append(
          stream,
          "\"metadata\":" + CanonicalJson.text(metadata(state, checksums, measured)) + "\n}\n");
      stream.finish();
      target.freeze();
    }
  }

  private static void append(Zlib.Stream stream, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    stream.write(bytes, bytes.length);
  }

  private static Map<String, Object> metrics(
      Map<String, ?> more, String codec, int level, long raw, long stored) {
    Map<String, Object> metrics = new LinkedHashMap<>(more);
    metrics.put("codec", codec);
    metrics.put("level", level);
    metrics.put("raw_bytes", raw);
    metrics.put("stored_bytes", stored);
    metrics.put("compression", 1 - (double) stored / raw);
    return metrics;
  }

  private static Map<String, Object> metadata(
      QuantumState state, StateChecksums checksums, Map<String, Object> metrics) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", VERSION);
    map.put("timestamp", StateTimes.format(state.timestamp()));
    map.put("quantum_state_checksum", checksums.quantumState());
    map.put("metadata_checksum", checksums.metadata());
    map.put("compression_metrics", metrics);
    return map;
  }

  private static Map<String, String> sections(QuantumState state) {
    Map<String, String> sections = new LinkedHashMap<>();
    put(sections, "interface_config", state.interfaceConfig());
    put(sections, "measurement_cache", state.measurementCache());
    put(sections, "emotional_context", StateDocument.emotional(state.emotional()));
    put(sections, "fidelity_metrics", state.fidelityMetrics());
    put(sections, "quantum_state", quantumState(state));
    return sections;
  }

  /** As deep as it stands in the document: what is nested deeper than is read has no text. */
  private static void put(Map<String, String> sections, String name, Object value) {
    String text = CanonicalJson.text(Map.of(name, value));
    sections.put(name, text.substring(name.length() + "{\"\":".length(), text.length() - 1));
  }

  private static Map<String, Object> quantumState(QuantumState state) {
    Map<String, Object> map = new LinkedHashMap<>();
    Map<String, Object> document = StateDocument.map(state);
    for (String key :
        new String[] {
          "state_id", "n_qubits", "pad_values", "confidence", "bond_dimension", "metadata", "recipe"
        }) {
      if (document.containsKey(key)) {
        map.put(key, document.get(key));
      }
    }
    Tensor vector = state.vectorTensor();
    map.put("policy", vector == null ? "RECIPE" : "RAW");
    if (vector != null) {
      map.put("state_vector", StateArrays.form(vector));
    }
    map.put("mps_tensors", StateArrays.forms(state.mps()));
    return map;
  }

  /** Reads either form with the limits of {@link FormatLimits#DEFAULT}. */
  public static QuantumState read(Path file) {
    return read(file, FormatLimits.DEFAULT);
  }

  /**
   * Reads either form, told apart by the first byte, of version 2.0 or 1.0.
   *
   * @throws FormatException when it is neither, is damaged, or over a limit
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when its content is not what
   *     was written
   */
  public static QuantumState read(Path file, FormatLimits limits) {
    return JsonReader.state(file, document(file, limits));
  }

  /** The whole file as JSON values. */
  static Map<String, Object> document(Path file, FormatLimits limits) {
    byte[] bytes =
        SourceFile.readAll(file, Math.min(limits.maxFileBytes(), limits.maxHeaderBytes()));
    if (bytes.length > 0 && isZlib(bytes)) {
      bytes = Zlib.inflate(bytes, file.toString(), limits.maxHeaderBytes(), limits);
    }
    return CanonicalJson.parseObject(bytes, file.toString(), limits);
  }

  /** No JSON text begins with the first byte of a zlib stream of the usual window, an x. */
  static boolean isZlib(byte[] bytes) {
    return (bytes[0] & 0x0f) == 8 && bytes[0] > 0;
  }

  /** The version a document says it has; {@value #OLD_VERSION} when it says nothing. */
  static String version(Map<String, Object> document, String where) {
    Object metadata = document.get("metadata");
    Object said =
        metadata instanceof Map && ((Map<?, ?>) metadata).get("version") != null
            ? ((Map<?, ?>) metadata).get("version")
            : document.get("version");
    if (said == null) {
      return metadata instanceof Map ? VERSION : OLD_VERSION;
    }
    if (said.equals(VERSION) || said.equals(OLD_VERSION)) {
      return (String) said;
    }
    throw new FormatException(
        where + ": expected version " + VERSION + " or " + OLD_VERSION + " but found " + said);
  }
}
