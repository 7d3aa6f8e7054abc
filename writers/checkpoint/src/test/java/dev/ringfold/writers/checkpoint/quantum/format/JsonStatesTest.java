// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.format.Refusals;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class JsonStatesTest {
  @TempDir Path folder;

  private Path text(String name, String json) throws Exception {
    return Files.writeString(folder.resolve(name), json);
  }

  private static byte[] zlib(byte[] bytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream zlib = new DeflaterOutputStream(out)) {
      zlib.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void everyPartComesBackFromBothForms() {
    for (QuantumState state :
        List.of(
            SampleStates.full("full-ü", 6, 1),
            SampleStates.recipeOnly("recipe", 40),
            SampleStates.plain("nan", new double[] {Double.NaN, -0.0, 5e-324, 1}).toBuilder()
                .confidence(Double.NaN)
                .build())) {
      JsonStates.write(folder.resolve("a.json"), state);
      JsonStates.writeCompressed(folder.resolve("a.json.zlib"), state);

      assertThat(JsonStates.read(folder.resolve("a.json"))).isEqualTo(state);
      assertThat(JsonStates.read(folder.resolve("a.json.zlib"))).isEqualTo(state);
    }
  }

  @Test
  void theKeysAreThoseOfTheLayout() throws Exception {
    QuantumState state = SampleStates.full("s", 3, 1);
    Path file = folder.resolve("s.json");
    JsonStates.write(file, state, Map.of("milliseconds", 3));

    Map<String, Object> root = CanonicalJson.parseObject(Files.readString(file), "s");

    assertThat(root.keySet())
        .containsExactly(
            "metadata",
            "interface_config",
            "measurement_cache",
            "emotional_context",
            "fidelity_metrics",
            "quantum_state");
    Map<?, ?> metadata = (Map<?, ?>) root.get("metadata");
    assertThat(metadata.get("version")).isEqualTo("2.0");
    assertThat(metadata.get("timestamp")).isEqualTo("2025-06-30T12:34:56.790Z");
    assertThat(metadata.get("quantum_state_checksum"))
        .isEqualTo(StateChecksums.sha256(state.vectorTensor()));
    assertThat(((Map<?, ?>) metadata.get("compression_metrics")).get("milliseconds")).isEqualTo(3L);
    assertThat(((Map<?, ?>) metadata.get("compression_metrics")).get("codec")).isEqualTo("none");
    assertThat(((Map<?, ?>) root.get("quantum_state")).get("policy")).isEqualTo("RAW");
  }

  @Test
  void withoutAVectorThePolicySaysSoAndTheChecksumIsTheRecipes() throws Exception {
    QuantumState state = SampleStates.recipeOnly("r", 30);
    Path file = folder.resolve("r.json");
    JsonStates.write(file, state);

    Map<String, Object> root = CanonicalJson.parseObject(Files.readString(file), "r");

    Map<?, ?> section = (Map<?, ?>) root.get("quantum_state");
    assertThat(section.get("policy")).isEqualTo("RECIPE");
    assertThat(section.containsKey("state_vector")).isFalse();
    assertThat(((Map<?, ?>) root.get("metadata")).get("quantum_state_checksum"))
        .isEqualTo(StateChecksums.of(state).quantumState());
  }

  @Test
  void pythonOpensBothFormsAndTheMetricsAreMeasured() {
    QuantumState state = SampleStates.full("py", 10, 4);
    JsonStates.write(folder.resolve("s.json"), state);
    JsonStates.writeCompressed(folder.resolve("s.json.zlib"), state);

    String said =
        Foreign.python(
            List.of("numpy"),
            """
            import sys, json, zlib, base64, hashlib, numpy as np
            plain = json.load(open(sys.argv[1]))
            packed = open(sys.argv[2], 'rb').read()
            text = zlib.decompress(packed)
            doc = json.loads(text)
            assert {k: v for k, v in doc.items() if k != 'metadata'} == \\
                   {k: v for k, v in plain.items() if k != 'metadata'}
            m = doc['metadata']['compression_metrics']
            before = text.index(b'"metadata":{"compression_metrics"')
            assert m['raw_bytes'] == before, (m, before)
            assert 0 < m['stored_bytes'] < len(packed), m
            assert abs(m['compression'] - (1 - m['stored_bytes'] / m['raw_bytes'])) < 1e-12
            v = doc['quantum_state']['state_vector']
            a = np.frombuffer(base64.b64decode(v['data']), v['dtype']).reshape(v['shape'])
            assert hashlib.sha256(a.tobytes()).hexdigest() == doc['metadata']['quantum_state_checksum']
            print(m['codec'], m['level'], a.shape, abs(np.vdot(a, a) - 1) < 1e-12)
            """,
            folder.resolve("s.json"),
            folder.resolve("s.json.zlib"));

    assertThat(said).isEqualTo("zlib 9 (1024,) True");
  }

  @Test
  void filesOfVersionOneMigrateWhenRead() throws Exception {
    Path file =
        text(
            "old.json",
            """
            {"interface_config": {"n_qubits": 27, "device": "cuda:0"},
             "classical_network_state": {"layer": [1, 2]},
             "measurement_cache": [
               {"state": {"pad_values": [0.5, 0.3, 0.7], "confidence": 0.95,
                          "timestamp": "2025-01-01T12:00:00", "metadata": {},
                          "measurement_fidelity": 0.98},
                "measurements": {"000": 500, "111": 500}},
               {"state": {"pad_values": [0.1, 0.2, 0.3], "timestamp": "2025-01-02T12:00:00",
                          "measurement_fidelity": 0.94}}]}
            """);

    QuantumState state = JsonStates.read(file);

    assertThat(state.id()).isEqualTo("old");
    assertThat(state.qubits()).isEqualTo(27);
    assertThat(state.timestamp()).isEqualTo(Instant.parse("2025-01-02T12:00:00Z"));
    assertThat(state.measurementCache()).hasSize(2);
    assertThat(state.emotional().recentEmotions())
        .isDeepEqualTo(new double[][] {{0.5, 0.3, 0.7}, {0.1, 0.2, 0.3}});
    assertThat(state.fidelityMetrics())
        .containsEntry("min_fidelity", 0.94)
        .containsEntry("max_fidelity", 0.98)
        .containsEntry("average_fidelity", 0.96);
    assertThat(state.metadata())
        .containsEntry("classical_network_state", Map.of("layer", List.of(1L, 2L)))
        .containsEntry("migration_info", Map.of("migrated_from", "1.0"));
  }

  @Test
  void theOldPlacesOfTheEmotionalContextAreKnown() throws Exception {
    QuantumState top =
        JsonStates.read(
            text(
                "top.json",
                "{\"version\":\"1.0\",\"n_qubits\":2,\"recent_emotions\":[[1,2,3]],"
                    + "\"emotional_stability\":0.25,\"trajectory\":[[4,5,6],[7,8,9]]}"));
    QuantumState objects =
        JsonStates.read(
            text(
                "objects.json",
                "{\"metadata\":{\"version\":\"2.0\",\"timestamp\":\"2025-06-30T12:00:00+02:00\","
                    + "\"quantum_state_checksum\":null,\"device\":\"cpu\"},\"emotional_context\":{"
                    + "\"recent_emotions\":[{\"pad_values\":[1,2,3],\"confidence\":0.9}],"
                    + "\"average_confidence\":0.9}}"));

    assertThat(top.emotional().recentEmotions()).isDeepEqualTo(new double[][] {{1, 2, 3}});
    assertThat(top.emotional().stability()).isEqualTo(0.25);
    assertThat(top.emotional().trajectory()).hasDimensions(2, 3);
    assertThat(objects.emotional().recentEmotions()).isDeepEqualTo(new double[][] {{1, 2, 3}});
    assertThat(objects.timestamp()).isEqualTo(Instant.parse("2025-06-30T10:00:00Z"));
    assertThat(objects.metadata()).containsKeys("emotional_context", "file_metadata");
  }

  @Test
  void aFileThatSaysNothingIsOfTheTimeItWasWritten() throws Exception {
    Path file = text("x y.json", "{\"measurement_cache\":[]}");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2024-02-03T04:05:06Z")));

    QuantumState state = JsonStates.read(file);

    assertThat(state.timestamp()).isEqualTo(Instant.parse("2024-02-03T04:05:06Z"));
    assertThat(state.id()).isEqualTo("x_y");
    assertThat(state.qubits()).isZero();
  }

  @Test
  void aForeignVectorIsReadAndItsChecksumChecked() throws Exception {
    String vector = "\"state_vector\":[[0.6,0],[0,0.8]]";
    QuantumState state = JsonStates.read(text("a.json", "{" + vector + "}"));
    assertThat(state.vector()).containsExactly(0.6, 0, 0, 0.8);

    Path wrong =
        text(
            "b.json",
            "{\"metadata\":{\"version\":\"2.0\",\"quantum_state_checksum\":\""
                + "0".repeat(64)
                + "\"},"
                + vector
                + "}");
    assertThatThrownBy(() -> JsonStates.read(wrong))
        .isInstanceOf(ChecksumMismatchException.class)
        .hasMessageContaining("b.json");
  }

  @Test
  void aFlippedByteOfTheMetadataIsFound() throws Exception {
    QuantumState state = SampleStates.full("flip", 3, 1);
    Path file = folder.resolve("flip.json");
    JsonStates.write(file, state);
    String good = Files.readString(file);

    for (String[] change :
        new String[][] {
          {"\"average_fidelity\":0.98", "\"average_fidelity\":0.99"},
          {"\"experiment\":\"bell\"", "\"experiment\":\"bill\""},
          {"\"device\":\"cpu\"", "\"device\":\"gpu\""},
          {"\"confidence\":0.95", "\"confidence\":0.96"},
          {"\"counts\":{\"00\":500}", "\"counts\":{\"00\":501}"},
          {"\"stability\":0.8", "\"stability\":0.9"}
        }) {
      assertThat(good).contains(change[0]);
      Files.writeString(file, good.replace(change[0], change[1]));
      assertThatThrownBy(() -> JsonStates.read(file))
          .isInstanceOf(ChecksumMismatchException.class)
          .hasMessageContaining("metadata of flip");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{\"metadata\":3,\"quantum_state\":{}}",
        "{\"quantum_state\":{}}",
        "{\"version\":\"3.0\"}",
        "{\"metadata\":{\"version\":2}}",
        "{\"measurement_cache\":{}}",
        "{\"state_id\":\"../../etc/passwd\"}",
        "{\"state_id\":\"a\\u0000b\"}",
        "{\"state_vector\":[[1,2,3]]}",
        "{\"state_vector\":[[1,0],[0,0],[0,0]]}",
        "{\"n_qubits\":-1}",
        "{\"n_qubits\":1e9}",
        "{\"timestamp\":\"yesterday\"}",
        "{\"pad_values\":[1,2]}",
        "{\"confidence\":\"high\"}",
        "{\"timestamp\":1e300}",
        "{\"metadata\":{\"metadata_checksum\":\"x\"}}"
      })
  void whatIsNoStateIsRefused(String json) throws Exception {
    Path file = text("bad.json", json);

    assertThatThrownBy(() -> JsonStates.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("bad.json");
  }

  @Test
  void whatIsTooLargeToBeReadIsNotWritten() {
    QuantumState most = SampleStates.plain("most", SampleStates.ghz(21));
    QuantumState more = SampleStates.plain("more", SampleStates.ghz(22));
    Path file = folder.resolve("v.json");
    Path compressed = folder.resolve("v.json.zlib");
    JsonStates.write(file, most);
    JsonStates.writeCompressed(compressed, most, 1, Map.of());

    for (ThrowingCallable write :
        List.<ThrowingCallable>of(
            () -> JsonStates.write(file, more),
            () -> JsonStates.writeCompressed(compressed, more))) {
      assertThatThrownBy(write)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("'more'")
          .hasMessageContaining("no more than 67108864 are read")
          .hasMessageContaining(".qms");
    }
    assertThat(JsonStates.read(file)).isEqualTo(most);
    assertThat(JsonStates.read(compressed)).isEqualTo(most);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("v.json", "v.json.zlib");
  }

  @Test
  void theLimitIsOfTheWholeDocument() throws Exception {
    Path file = folder.resolve("long.json");
    QuantumState state = SampleStates.full("long", 2, 1);
    JsonStates.write(file, state);
    int room = JsonStates.MAX_BYTES - Math.toIntExact(Files.size(file));

    JsonStates.write(file, with(state, room - 2_000));
    assertThat(JsonStates.read(file).id()).isEqualTo("long");
    assertThatThrownBy(() -> JsonStates.write(file, with(state, room)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> JsonStates.writeCompressed(file, with(state, room)))
        .isInstanceOf(FormatException.class);
  }

  private static QuantumState with(QuantumState state, int length) {
    return state.toBuilder().interfaceConfig(Map.of("note", "x".repeat(length))).build();
  }

  @Test
  void whatIsNestedTooDeepToBeReadIsNotWritten() {
    Path file = folder.resolve("deep.json");
    int written = 0;
    for (int depth = 50; depth < 70; depth++) {
      Object nested = 1L;
      for (int i = 0; i < depth; i++) {
        nested = List.of(nested);
      }
      Map<String, Object> deep = Map.of("deep", nested);
      try {
        QuantumState state = SampleStates.full("d", 2, 1).toBuilder().metadata(deep).build();
        JsonStates.write(file, state);
      } catch (IllegalArgumentException refused) {
        break;
      }
      assertThat(JsonStates.read(file).metadata()).as("depth %d", depth).isEqualTo(deep);
      written++;
    }
    assertThat(written).isBetween(5, 15);
  }

  @Test
  void bombsAndDepthAreRefusedQuickly() throws Exception {
    byte[] spaces = new byte[200 << 20];
    java.util.Arrays.fill(spaces, (byte) ' ');
    spaces[0] = '{';
    spaces[spaces.length - 1] = '}';
    Path bomb = Files.write(folder.resolve("bomb.json.zlib"), zlib(spaces));
    Path deep =
        Files.write(
            folder.resolve("deep.json.zlib"),
            zlib("{\"a\":".repeat(1_000_000).getBytes(StandardCharsets.UTF_8)));
    Path cut =
        Files.write(
            folder.resolve("cut.json.zlib"),
            java.util.Arrays.copyOf(zlib("{\"a\":1}".getBytes(StandardCharsets.UTF_8)), 9));
    for (Path file : List.of(bomb, deep, cut)) {
      Refusals.assertRefused(() -> JsonStates.read(file));
    }
    assertThatThrownBy(() -> JsonStates.read(cut, FormatLimits.DEFAULT.withMaxFileBytes(4)))
        .hasMessageContaining("at most 4");
    assertThatThrownBy(() -> JsonStates.read(folder.resolve("none.json")))
        .hasMessageContaining("no such file");
  }
}
