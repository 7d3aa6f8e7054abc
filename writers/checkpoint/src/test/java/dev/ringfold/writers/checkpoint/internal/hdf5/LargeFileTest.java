// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.format.Hdf5Tensors;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of more than 2 GiB, most of it holes. */
@Timeout(120)
class LargeFileTest {
  /** Readers look for the superblock at 512 times each power of two. */
  private static final long FAR = 1L << 32;

  private static final int SUPERBLOCK_BYTES = 48;
  private static final int BASE_AT = 12;

  @TempDir Path folder;

  private static Map<String, Tensor> tensors() {
    Random random = new Random(5);
    double[] values = new double[90_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Map.of(
        "whole", Tensor.of(new long[] {1, 2, 3}, 3), "group/chunked", Tensor.of(values, 300, 300));
  }

  /** A file behind a user's block of 4 GiB. */
  private Path far(int gzipLevel) throws IOException {
    Path near = folder.resolve("near.h5");
    Hdf5Tensors.write(near, tensors(), Map.of("metadata", "{}"), gzipLevel, gzipLevel > 0);
    byte[] bytes = Files.readAllBytes(near);
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    view.putLong(BASE_AT, FAR);
    view.putInt(SUPERBLOCK_BYTES - 4, Lookup3.hash(bytes, SUPERBLOCK_BYTES - 4));
    Path far = folder.resolve("far-" + gzipLevel + ".h5");
    try (RandomAccessFile file = new RandomAccessFile(far.toFile(), "rw")) {
      file.seek(FAR);
      file.write(bytes);
    }
    return far;
  }

  @Test
  void arraysBehindTwoGibibytesAreRead() throws IOException {
    for (int gzipLevel : new int[] {0, 6}) {
      Path file = far(gzipLevel);
      assertThat(Files.size(file)).isGreaterThan(FAR);

      Hdf5Tensors.Content content = Hdf5Tensors.read(file);

      assertThat(content.attributes()).isEqualTo(Map.of("metadata", "{}"));
      assertThat(content.tensors().keySet()).isEqualTo(tensors().keySet());
      tensors()
          .forEach(
              (name, tensor) ->
                  assertThat(content.tensors().get(name).contentEquals(tensor)).as(name).isTrue());
    }
  }

  @Test
  void whatIsCutOffIsRefused() throws IOException {
    Path file = far(6);
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(FAR + 5_000);
    }

    assertThatThrownBy(() -> Hdf5Tensors.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("of a file of " + (FAR + 5_000));
  }

  @Test
  void whatIsNoHdf5IsRefusedWithoutBeingReadToItsEnd() throws IOException {
    Path file = folder.resolve("holes.h5");
    try (RandomAccessFile holes = new RandomAccessFile(file.toFile(), "rw")) {
      holes.setLength(3L << 30);
    }

    assertThatThrownBy(() -> Hdf5Tensors.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("No valid HDF5 signature");
  }

  @Test
  void theLimitOfTheFileIsNamed() throws IOException {
    Path file = far(0);

    assertThatThrownBy(
            () -> Hdf5Tensors.read(file, FormatLimits.DEFAULT.withMaxFileBytes(3L << 30)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at most " + (3L << 30) + " are read");
  }

  @Test
  void anArrayThatNoBufferHoldsIsRefusedByNameAndTheOthersAreRead() {
    Path file = folder.resolve("h5py.h5");
    Foreign.python(
        List.of("h5py", "numpy"),
        """
        import sys, h5py, numpy as np
        with h5py.File(sys.argv[1], 'w') as f:
            plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
            plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
            h5py.h5d.create(f.id, b'large', h5py.h5t.NATIVE_UINT8,
                            h5py.h5s.create_simple((3 << 30,)), plist)
            f['behind'] = np.arange(1000.0)
        """,
        file.toString());

    try (Hdf5File open = Hdf5File.open(file, FormatLimits.DEFAULT)) {
      assertThat(open.root().child("behind").tensor().toDoubles()).hasSize(1000).contains(999.0);
      assertThatThrownBy(() -> open.root().child("large").tensor())
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("large: has 3221225472 bytes of data; at most 2147483639 of one")
          .hasMessageContaining("Write it as several arrays");
    }
  }
}
