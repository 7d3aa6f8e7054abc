// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private static final Random RANDOM = new Random(Tensors.SEED);

  private static BlobId id() {
    byte[] bytes = new byte[BlobId.LENGTH];
    RANDOM.nextBytes(bytes);
    return BlobId.of(bytes);
  }

  private static StoredTensor tensor(String group, String name, DType dtype, long... shape) {
    ChunkGrid grid = ChunkGrid.of(dtype, shape);
    List<StoredChunk> chunks = new ArrayList<>();
    for (int i = 0; i < grid.chunks(); i++) {
      chunks.add(new StoredChunk(new BlobRef(id(), 1_000 + i), grid.rawLength(), id()));
    }
    ChunkCodec codec = ChunkCodec.of(Compressor.GZIP).shuffled();
    return new StoredTensor(group, name, dtype, shape, grid.chunkShape(), codec, chunks);
  }

  private static Manifest manifest() {
    return Manifest.of(
        "{\"loss\":0.5,\"wörter\":\"ja\"}",
        List.of(
            tensor("optimizer_state", "0.exp_avg", DType.FLOAT32, 700, 3_000),
            tensor("model_state", "fc.weight", DType.FLOAT16, 3, 4),
            tensor("model_state", "step", DType.INT64),
            tensor("model_state", "none", DType.BOOL, 0)));
  }

  @Test
  void whatIsDecodedIsWhatWasEncoded() {
    Manifest manifest = manifest();
    Manifest decoded = Manifest.decode(ByteBuffer.wrap(manifest.encode()), "test");
    assertThat(decoded).isEqualTo(manifest);
    assertThat(decoded.tensors().get(0).name()).isEqualTo("fc.weight");
    assertThat(decoded.groups()).containsExactly("model_state", "optimizer_state");
    assertThat(decoded.encode()).isEqualTo(manifest.encode());
  }

  @Test
  void aTensorTwiceIsRefused() {
    StoredTensor one = tensor("model_state", "a", DType.INT8, 1);
    assertThatThrownBy(() -> Manifest.of("{}", List.of(one, one)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void anyFlippedByteIsFound() {
    byte[] bytes = manifest().encode();
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;
      assertThatThrownBy(() -> Manifest.decode(ByteBuffer.wrap(damaged), "test"))
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void bytesWithTheRightSumButWrongContentAreATypedErrorOrAnotherManifest() {
    byte[] bytes = manifest().encode();
    Random random = new Random(Tensors.SEED);
    int refused = 0;
    for (int round = 0; round < 5_000; round++) {
      byte[] damaged = bytes.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        damaged[random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
      }
      CRC32C crc = new CRC32C();
      crc.update(damaged, 0, bytes.length - 4);
      ByteBuffer whole = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
      whole.putInt(bytes.length - 4, (int) crc.getValue());
      try {
        Manifest.decode(whole, "test").encode();
      } catch (FormatException expected) {
        refused++;
      }
    }
    assertThat(refused).as("seed %s", Tensors.SEED).isBetween(1, 5_000);
  }

  @Test
  void aManifestThatIsCutOffIsRefused() {
    byte[] bytes = manifest().encode();
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
      assertThatThrownBy(() -> Manifest.decode(cut, "test")).isInstanceOf(FormatException.class);
    }
  }
}
