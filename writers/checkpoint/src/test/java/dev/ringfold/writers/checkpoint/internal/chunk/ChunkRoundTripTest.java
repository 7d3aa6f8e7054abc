// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkRoundTripTest {
  private static final List<ChunkCodec> CODECS =
      List.of(
          ChunkCodec.RAW,
          ChunkCodec.RAW.shuffled(),
          ChunkCodec.DEFAULT,
          ChunkCodec.of("zstd", 19),
          ChunkCodec.DEFAULT.shuffled(),
          ChunkCodec.of("gzip", 1),
          ChunkCodec.of(Compressor.GZIP).shuffled(),
          ChunkCodec.of(Compressor.LZ4),
          ChunkCodec.of(Compressor.LZ4).shuffled());

  @TempDir Path directory;
  private final AtomicLong clock = new AtomicLong(1_700_000_000_000_000_000L);
  private BlobStore blobs;

  @BeforeEach
  void open() {
    blobs = BlobStore.open(directory, clock::get, BlobLimits.defaults());
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  private List<StoredTensor> save(ChunkWriter writer, List<ChunkWriter.Request> requests) {
    try (BlobSet set = blobs.begin("test")) {
      List<StoredTensor> stored = writer.write(set, requests);
      set.force();
      set.release();
      return stored;
    }
  }

  @Test
  void everyTypeComesBackFromEveryCodecInEveryShape() {
    Random random = new Random(Tensors.SEED);
    List<ChunkWriter.Request> requests = new ArrayList<>();
    for (ChunkCodec codec : CODECS) {
      for (DType dtype : DType.values()) {
        List<Tensor> shapes =
            List.of(
                Tensors.random(dtype, random),
                Tensors.random(dtype, random, 0, 3),
                Tensors.random(dtype, random, 1),
                Tensors.random(dtype, random, 7, 5, 3),
                Tensors.repeating(dtype, 300, 100));
        for (int i = 0; i < shapes.size(); i++) {
          String name = codec.toString().replaceAll("[()]", "_") + "." + dtype + "." + i;
          requests.add(new ChunkWriter.Request("model_state", name, shapes.get(i), codec));
        }
      }
    }
    try (ChunkWriter writer = new ChunkWriter();
        ChunkWorkers workers = new ChunkWorkers(2)) {
      List<StoredTensor> stored = save(writer, requests);
      List<Tensor> alone = new ChunkReader(blobs).read(stored);
      List<Tensor> together = new ChunkReader(blobs, workers).read(stored);
      for (int i = 0; i < requests.size(); i++) {
        Tensor tensor = requests.get(i).tensor();
        assertThat(alone.get(i).contentEquals(tensor)).as(stored.get(i).toString()).isTrue();
        assertThat(together.get(i).contentEquals(tensor)).as(stored.get(i).toString()).isTrue();
      }
    }
  }

  @Test
  void aTensorOfSeveralChunksComesBackChunkByChunk() {
    Tensor tensor = Tensors.random(DType.FLOAT32, new Random(Tensors.SEED), 3, 1_500, 701);
    try (ChunkWriter writer = new ChunkWriter()) {
      StoredTensor stored =
          save(writer, List.of(new ChunkWriter.Request("g", "t", tensor, ChunkCodec.DEFAULT)))
              .get(0);
      assertThat(stored.chunks().size()).isGreaterThan(3);
      ByteBuffer all = ByteBuffer.allocateDirect((int) tensor.bytes());
      ChunkReader reader = new ChunkReader(blobs);
      for (int i = 0; i < stored.chunks().size(); i++) {
        reader.read(stored, i, all);
      }
      assertThat(Tensor.of(DType.FLOAT32, all.flip(), 3, 1_500, 701).contentEquals(tensor))
          .isTrue();
      assertThat(reader.read(stored).contentEquals(tensor)).isTrue();
    }
  }

  @Test
  void aGzipChunkIsAStreamTheJdkReads() throws IOException {
    Tensor tensor = Tensors.repeating(DType.INT32, 1_000);
    ByteBuffer raw = ByteBuffer.allocateDirect(4_000);
    tensor.copyTo(0, raw);
    try (ChunkEncoder encoder = new ChunkEncoder()) {
      ByteBuffer encoded = encoder.encode(ChunkCodec.of("gzip", 9), 4, raw.flip());
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        assertThat(in.readAllBytes()).isEqualTo(tensor.toBytes());
      }
    }
  }

  @Test
  void whatWasStoredBeforeIsNeitherCompressedNorWrittenAgain() {
    Tensor tensor = Tensors.random(DType.FLOAT32, new Random(Tensors.SEED), 3, 1_000, 1_000);
    KnownChunks known = new KnownChunks();
    try (ChunkWorkers workers = new ChunkWorkers(2);
        ChunkWriter writer = new ChunkWriter(workers, known)) {
      var request = List.of(new ChunkWriter.Request("g", "t", tensor, ChunkCodec.DEFAULT));
      List<StoredTensor> first = save(writer, request);
      try (BlobSet set = blobs.begin("again")) {
        List<StoredTensor> second = writer.write(set, request);
        assertThat(second).isEqualTo(first);
        assertThat(set.newBytes()).isZero();
        set.force();
        set.release();
      }
    }
  }

  @Test
  void whatWasKnownButWasCollectedIsStoredAgain() {
    Tensor tensor = Tensors.random(DType.FLOAT32, new Random(Tensors.SEED), 300_000);
    try (ChunkWriter writer = new ChunkWriter()) {
      var request = List.of(new ChunkWriter.Request("g", "t", tensor, ChunkCodec.DEFAULT));
      StoredTensor first = save(writer, request).get(0);
      blobs.gc(() -> id -> false, Set.of(first.chunks().get(0).blob().id()));
      assertThat(blobs.contains(first.chunks().get(0).blob().id())).isFalse();

      StoredTensor second = save(writer, request).get(0);
      assertThat(second).isEqualTo(first);
      assertThat(new ChunkReader(blobs).read(second).contentEquals(tensor)).isTrue();
    }
  }

  @Test
  void aDamagedChunkIsATypedErrorThatNamesTheFile() throws IOException {
    Tensor tensor = Tensors.random(DType.FLOAT32, new Random(Tensors.SEED), 100_000);
    try (ChunkWriter writer = new ChunkWriter()) {
      for (ChunkCodec codec : CODECS) {
        var request = List.of(new ChunkWriter.Request("g", "t", tensor, codec));
        StoredTensor stored = save(writer, request).get(0);
        Path file;
        try (var reader = blobs.open(stored.chunks().get(0).blob())) {
          file = reader.file();
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        byte[] whole = Files.readAllBytes(file);
        byte[] damaged = whole.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(file, damaged);
        assertThatThrownBy(() -> new ChunkReader(blobs).read(stored))
            .isInstanceOfSatisfying(
                ChecksumMismatchException.class,
                e -> {
                  assertThat(e.file()).isEqualTo(file.toString());
                  assertThat(e.expected()).hasSize(64).isNotEqualTo(e.found());
                  assertThat(e.command()).contains("ringfold verify " + directory);
                });
        Files.write(file, Arrays.copyOf(whole, 10));
        assertThatThrownBy(() -> new ChunkReader(blobs).read(stored))
            .isInstanceOf(ChecksumMismatchException.class);
        Files.write(file, whole);
      }
    }
  }

  @Test
  void aFailureInAWorkerComesOutAndTheWriterGoesOn() {
    Tensor tensor = Tensors.random(DType.INT8, new Random(Tensors.SEED), 9 << 20);
    try (ChunkWriter writer = new ChunkWriter()) {
      BlobSet closed = blobs.begin("closed");
      closed.close();
      var request = List.of(new ChunkWriter.Request("g", "t", tensor, ChunkCodec.DEFAULT));
      assertThatThrownBy(() -> writer.write(closed, request))
          .isInstanceOf(IllegalStateException.class);
      StoredTensor stored = save(writer, request).get(0);
      assertThat(new ChunkReader(blobs).read(stored).contentEquals(tensor)).isTrue();
    }
  }
}
