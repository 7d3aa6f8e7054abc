// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.format.Refusals;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class QmsFileTest {
  @TempDir Path folder;

  /** What the specification says, put together by hand. */
  private static final class Hand {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Hand u32(int value) {
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
      return this;
    }

    Hand u64(long value) {
      out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
      return this;
    }

    Hand bytes(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Hand text(String text) {
      return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    Hand json(String json) {
      return u32(json.getBytes(StandardCharsets.UTF_8).length).text(json);
    }

    byte[] done() {
      return out.toByteArray();
    }
  }

  private static byte[] littleEndian(double... values) {
    ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      buffer.putDouble(value);
    }
    return buffer.array();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static byte[] zlib(byte[] bytes, int level) {
    Deflater deflater = new Deflater(level);
    deflater.setInput(bytes);
    deflater.finish();
    byte[] out = new byte[bytes.length + 1_024];
    int length = deflater.deflate(out);
    deflater.end();
    return java.util.Arrays.copyOf(out, length);
  }

  private Path write(byte[] bytes) throws Exception {
    return Files.write(folder.resolve("hand.qms"), bytes);
  }

  @Test
  void aSmallStateIsWrittenByteForByte() throws Exception {
    double[] vector = {Math.sqrt(0.5), 0, 0, -Math.sqrt(0.5)};
    byte[] raw = littleEndian(vector);
    String hash = sha256(raw);
    String document =
        "{\"bond_dimension\":0,\"confidence\":1.0,\"emotional_context\":{\"recent_emotions\":[],"
            + "\"stability\":0.0,\"trajectory\":[]},\"fidelity_metrics\":{},"
            + "\"interface_config\":{},\"measurement_cache\":[],\"metadata\":{},\"mps\":[],"
            + "\"n_qubits\":1,\"pad_values\":[0.0,0.0,0.0],\"state_id\":\"bell\","
            + "\"timestamp\":\"2025-06-30T12:34:56.789Z\",\"version\":\"2.0\"}";
    byte[] expected =
        new Hand()
            .json(
                "{\"dtype\":\"<c16\",\"format\":\"QMS_BINARY_v1\",\"n_qubits\":1,\"sha256\":\""
                    + hash
                    + "\",\"state_id\":\"bell\",\"timestamp\":\"2025-06-30T12:34:56.789Z\"}")
            .text("RAW ")
            .u64(32)
            .bytes(raw)
            .json(
                "{\"checksum\":\""
                    + hash
                    + "\",\"compression\":\"none\",\"metadata_checksum\":\""
                    + sha256(document.getBytes(StandardCharsets.UTF_8))
                    + "\",\"n_qubits\":1,\"state\":"
                    + document
                    + ",\"timestamp\":\"2025-06-30T12:34:56.789Z\",\"version\":\"2.0\"}")
            .done();
    Path file = folder.resolve("bell.qms");

    QmsFile.write(file, SampleStates.plain("bell", vector));

    assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    assertThat(QmsFile.read(file)).isEqualTo(SampleStates.plain("bell", vector));
  }

  @Test
  void aVectorOverOneMebibyteIsCompressedByLevelNineAndOneOfExactlyThatIsNot() throws Exception {
    Path raw = folder.resolve("16.qms");
    Path compressed = folder.resolve("17.qms");
    QuantumState exactly = SampleStates.plain("a", SampleStates.ghz(16));
    QuantumState over = SampleStates.plain("b", SampleStates.ghz(17));

    QmsFile.write(raw, exactly);
    QmsFile.write(compressed, over);

    assertThat(marker(raw)).isEqualTo("RAW ");
    assertThat(marker(compressed)).isEqualTo("COMP");
    byte[] bytes = Files.readAllBytes(compressed);
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = 4 + view.getInt(0) + 4;
    byte[] expected = zlib(littleEndian(SampleStates.ghz(17)), 9);
    assertThat(view.getLong(at)).isEqualTo(expected.length);
    assertThat(java.util.Arrays.copyOfRange(bytes, at + 8, at + 8 + expected.length))
        .isEqualTo(expected);
    assertThat(QmsFile.read(raw)).isEqualTo(exactly);
    assertThat(QmsFile.read(compressed)).isEqualTo(over);
  }

  private static String marker(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return new String(bytes, 4 + length, 4, StandardCharsets.US_ASCII);
  }

  @Test
  void everyPartOfAStateComesBack() {
    for (QuantumState state :
        List.of(
            SampleStates.full("full-ü", 5, 1),
            SampleStates.full("large", 17, 2),
            SampleStates.recipeOnly("recipe", 40),
            SampleStates.plain("nan", new double[] {Double.NaN, 0, 1, 0}).toBuilder()
                .confidence(Double.NaN)
                .padValues(Double.POSITIVE_INFINITY, 0, Double.NEGATIVE_INFINITY)
                .build())) {
      for (int level : new int[] {0, 1, 9}) {
        Path file = folder.resolve(state.id() + level + ".qms");
        QmsFile.write(file, state, level);
        assertThat(QmsFile.read(file)).isEqualTo(state);
      }
    }
  }

  @Test
  void theSameStateGivesTheSameBytes() throws Exception {
    QmsFile.write(folder.resolve("1"), SampleStates.full("s", 17, 1));
    QmsFile.write(folder.resolve("2"), SampleStates.full("s", 17, 1));

    assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void filesWithoutOurKeysAreRead() throws Exception {
    byte[] raw = littleEndian(0.6, 0, 0, 0.8, 0, 0, 0, 0);
    Path file =
        write(
            new Hand()
                .json(
                    "{\"format\": \"QMS_BINARY_v1\", \"state_id\": \"old\", \"timestamp\":"
                        + " \"2025-01-01T12:00:00.123456\", \"n_qubits\": 2}")
                .text("RAW ")
                .u64(64)
                .bytes(raw)
                .json("{\"version\": \"2.0\", \"checksum\": \"" + sha256(raw) + "\"}")
                .done());

    QuantumState state = QmsFile.read(file);

    assertThat(state.id()).isEqualTo("old");
    assertThat(state.vector()).containsExactly(0.6, 0, 0, 0.8, 0, 0, 0, 0);
    assertThat(state.timestamp()).isEqualTo(Instant.parse("2025-01-01T12:00:00.123Z"));
    assertThat(state.metadata()).containsEntry("version", "2.0");
  }

  @Test
  void filesWithoutAVectorSectionAreRead() throws Exception {
    Path file =
        write(
            new Hand()
                .json("{\"format\":\"QMS_BINARY_v1\",\"state_id\":\"x\",\"n_qubits\":27}")
                .json("{\"device\":\"cpu\"}")
                .done());

    QuantumState state = QmsFile.read(file);

    assertThat(state.qubits()).isEqualTo(27);
    assertThat(state.vector()).isNull();
    assertThat(state.metadata()).containsEntry("device", "cpu");
  }

  @Test
  void aForeignNumberOfQubitsThatIsNotTheVectorsIsKeptAside() throws Exception {
    Path file =
        write(
            new Hand()
                .json("{\"format\":\"QMS_BINARY_v1\",\"n_qubits\":27}")
                .text("COMP")
                .u64(zlib(new byte[64], 9).length)
                .bytes(zlib(new byte[64], 9))
                .json("{}")
                .done());

    QuantumState state = QmsFile.read(file);

    assertThat(state.id()).isEqualTo("hand");
    assertThat(state.qubits()).isEqualTo(2);
    assertThat(state.metadata()).containsEntry("declared_n_qubits", 27L);
  }

  @Test
  void aForeignChecksumThatIsNotTheVectorsIsFound() throws Exception {
    Path file =
        write(
            new Hand()
                .json("{\"format\":\"QMS_BINARY_v1\",\"n_qubits\":2}")
                .text("RAW ")
                .u64(64)
                .bytes(new byte[64])
                .json("{\"checksum\":\"" + sha256(new byte[] {1}) + "\"}")
                .done());

    assertThatThrownBy(() -> QmsFile.read(file)).isInstanceOf(ChecksumMismatchException.class);
  }

  @Test
  void pythonReadsWhatWeWriteAndWeWhatPythonWrites() throws Exception {
    QuantumState state = SampleStates.full("py", 17, 5);
    QmsFile.write(folder.resolve("ours.qms"), state);

    String said =
        Foreign.python(
            List.of("numpy"),
            """
            import sys, json, zlib, hashlib, numpy as np
            with open(sys.argv[1], 'rb') as f:
                header = json.loads(f.read(int.from_bytes(f.read(4), 'little')))
                marker = f.read(4)
                data = f.read(int.from_bytes(f.read(8), 'little'))
                raw = zlib.decompress(data) if marker == b'COMP' else data
                meta = json.loads(f.read(int.from_bytes(f.read(4), 'little')))
                assert f.read() == b''
            v = np.frombuffer(raw, dtype=np.complex128)
            assert hashlib.sha256(raw).hexdigest() == header['sha256'] == meta['checksum']
            doc = json.dumps(meta['state'], sort_keys=True, separators=(',', ':'),
                             ensure_ascii=False).encode()
            assert hashlib.sha256(doc).hexdigest() == meta['metadata_checksum']
            with open(sys.argv[2], 'wb') as f:
                h = json.dumps({'format': 'QMS_BINARY_v1', 'state_id': 'from-python',
                                'timestamp': '2025-01-01T12:00:00', 'n_qubits': 17}).encode()
                f.write(len(h).to_bytes(4, 'little')); f.write(h)
                z = zlib.compress(v[::-1].tobytes(), 9)
                f.write(b'COMP'); f.write(len(z).to_bytes(8, 'little')); f.write(z)
                m = json.dumps({'version': '2.0'}).encode()
                f.write(len(m).to_bytes(4, 'little')); f.write(m)
            print(header['format'], marker.decode(), v.shape[0], repr(float(v[3].imag)))
            """,
            folder.resolve("ours.qms"),
            folder.resolve("theirs.qms"));

    double[] vector = java.util.Objects.requireNonNull(state.vector());
    assertThat(said).isEqualTo("QMS_BINARY_v1 COMP 131072 " + vector[7]);
    double[] back = QmsFile.read(folder.resolve("theirs.qms")).vector();
    assertThat(back).hasSize(vector.length);
    assertThat(java.util.Objects.requireNonNull(back)[vector.length - 2]).isEqualTo(vector[0]);
  }

  @Test
  void oneByteChangedAnywhereIsFound() throws Exception {
    Path file = folder.resolve("s.qms");
    QuantumState state = SampleStates.full("s", 4, 9);
    QmsFile.write(file, state);
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(SampleStates.SEED);
    System.out.println("seed " + SampleStates.SEED + " (-Dringfold.seed=N)");
    int refused = 0;
    for (int i = 0; i < good.length; i += 1 + random.nextInt(4)) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bad);
      try {
        assertThat(QmsFile.read(file)).as("byte %d", i).isEqualTo(state);
      } catch (FormatException | ChecksumMismatchException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(300);
  }

  @Test
  void wrongLengthsAndBombsAreRefused() throws Exception {
    String header = "{\"format\":\"QMS_BINARY_v1\",\"n_qubits\":2}";
    refused("header", new Hand().u32(-1).text(header));
    refused("header", new Hand().u32(1 << 20).text(header));
    refused("format", new Hand().json("{\"format\":\"QMS_BINARY_v2\"}").json("{}"));
    refused("vector", new Hand().json(header).text("RAW ").u64(-1).bytes(new byte[64]).json("{}"));
    refused("vector", new Hand().json(header).text("RAW ").u64(1L << 40).bytes(new byte[64]));
    refused(
        "16 bytes", new Hand().json(header).text("RAW ").u64(65).bytes(new byte[65]).json("{}"));
    refused("2^n", new Hand().json(header).text("RAW ").u64(48).bytes(new byte[48]).json("{}"));
    refused("2^n", new Hand().json(header).text("RAW ").u64(0).json("{}"));
    refused("metadata", new Hand().json(header).text("RAW ").u64(64).bytes(new byte[64]));
    refused(
        "metadata", new Hand().json(header).text("COMp").u64(64).bytes(new byte[64]).json("{}"));
    refused("follow", new Hand().json(header).json("{}").text("more"));
    refused("zlib", new Hand().json(header).text("COMP").u64(64).bytes(new byte[64]).json("{}"));
    byte[] cut = java.util.Arrays.copyOf(zlib(new byte[640], 9), 10);
    refused("cut off", new Hand().json(header).text("COMP").u64(10).bytes(cut).json("{}"));
    byte[] bomb = zlib(new byte[128 << 20], 9);
    refused(
        "more than", new Hand().json(header).text("COMP").u64(bomb.length).bytes(bomb).json("{}"));
    refused(
        "state id",
        new Hand().json("{\"format\":\"QMS_BINARY_v1\",\"state_id\":\"../x\"}").json("{}"));
    refused("depth", new Hand().json(header).json("[".repeat(100_000)));
    refused("header", new Hand());
  }

  private void refused(String word, Hand hand) throws Exception {
    Path file = write(hand.done());
    Refusals.assertRefused(() -> QmsFile.read(file))
        .hasMessageContaining("hand.qms")
        .hasMessageContaining(word);
  }

  @Test
  void otherLimitsLetALargeRatioThrough() {
    QuantumState state = SampleStates.plain("ghz", SampleStates.ghz(23));
    Path file = folder.resolve("ghz.qms");
    QmsFile.write(file, state);

    assertThatThrownBy(() -> QmsFile.read(file)).hasMessageContaining("other limits");
    assertThat(QmsFile.read(file, FormatLimits.DEFAULT.withMaxRatio(2_000)).qubits()).isEqualTo(23);
  }
}
