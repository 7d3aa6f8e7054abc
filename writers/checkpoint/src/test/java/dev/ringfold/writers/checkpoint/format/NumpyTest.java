// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code .npy} and {@code .npz}, with NumPy on the other side. */
class NumpyTest {
  private static final List<String> NUMPY = List.of("numpy");

  private static final String READ =
      """
      import glob, hashlib, io, os, sys
      import numpy as np
      for path in sorted(glob.glob(sys.argv[1] + '/*.npy')):
          a = np.load(path, allow_pickle=False)
          again = io.BytesIO()
          np.save(again, a)
          print(os.path.basename(path), a.dtype.str, ','.join(map(str, a.shape)),
                hashlib.sha256(a.tobytes()).hexdigest(),
                again.getvalue() == open(path, 'rb').read())
      """;

  private static final String WRITE =
      """
      import sys
      import numpy as np
      folder, random = sys.argv[1], np.random.default_rng(int(sys.argv[2]))
      shapes = [(), (0,), (1,), (7,), (0, 5), (4, 0, 3), (3, 5), (2, 3, 4), (5, 1, 2, 3)]
      types = ['b1', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'c8', 'c16']
      count = 0
      for kind in types:
          little = np.dtype(kind).newbyteorder('<')
          for shape in shapes:
              size = int(np.prod(shape, dtype=int)) * little.itemsize
              raw = random.bytes(size)
              if kind == 'b1':
                  raw = bytes(b & 1 for b in raw)
              a = np.frombuffer(raw, little).reshape(shape)
              for order in '<>':
                  for axes in 'CF':
                      b = np.array(a.astype(a.dtype.newbyteorder(order)), order=axes, ndmin=0)
                      version = [(1, 0), (2, 0), (3, 0)][count % 3]
                      name = f'{folder}/{count:04d}-{little.kind}{little.itemsize}'
                      with open(name + '.npy', 'wb') as out:
                          np.lib.format.write_array(out, b, version=version, allow_pickle=False)
                      with open(name + '.bin', 'wb') as out:
                          out.write(raw)
                      with open(name + '.shape', 'w') as out:
                          out.write(','.join(map(str, shape)))
                      count += 1
      print(count)
      """;

  @TempDir Path folder;

  private static List<DType> types() {
    List<DType> types = new ArrayList<>(List.of(DType.values()));
    types.remove(DType.BFLOAT16);
    return types;
  }

  @Test
  @Tag("smoke")
  void numpyReadsEveryTypeAndShapeAndWouldWriteTheSameBytes() throws IOException {
    Random random = new Random(SampleTensors.seed());
    Map<String, Tensor> written = new TreeMap<>();
    for (DType dtype : types()) {
      for (long[] shape : SampleTensors.SHAPES) {
        Tensor tensor = SampleTensors.random(dtype, random, shape);
        String name = dtype + "-" + SampleTensors.shape(tensor) + ".npy";
        Npy.write(folder.resolve(name), tensor);
        written.put(name, tensor);
        assertThat(Npy.read(folder.resolve(name)).contentEquals(tensor)).as(name).isTrue();
      }
    }
    List<String> expected = new ArrayList<>();
    written.forEach(
        (name, tensor) ->
            expected.add(
                String.join(
                    " ",
                    name,
                    NumpyTypes.name(tensor.dtype()),
                    SampleTensors.shape(tensor),
                    SampleTensors.sha256(tensor),
                    "True")));

    String printed = Foreign.python(NUMPY, READ, folder);

    assertThat(printed.lines()).containsExactlyElementsOf(expected);
  }

  @Test
  void readsEveryTypeShapeByteOrderAxisOrderAndVersionThatNumpyWrites() throws IOException {
    String count = Foreign.python(NUMPY, WRITE, folder, SampleTensors.seed());
    List<String> names = SampleTensors.names(folder);
    int read = 0;
    for (String name : names) {
      if (!name.endsWith(".npy")) {
        continue;
      }
      Tensor tensor = Npy.read(folder.resolve(name));
      String stem = name.substring(0, name.length() - 4);
      DType dtype = NumpyTypes.parse("<" + stem.substring(5), name).dtype();
      assertThat(tensor.dtype()).as(name).isEqualTo(dtype);
      assertThat(SampleTensors.shape(tensor))
          .as(name)
          .isEqualTo(Files.readString(folder.resolve(stem + ".shape")));
      assertThat(tensor.toBytes())
          .as(name)
          .isEqualTo(Files.readAllBytes(folder.resolve(stem + ".bin")));
      read++;
    }
    assertThat(read).isEqualTo(14 * 9 * 4).hasToString(count);
  }

  private static Map<String, Tensor> archive() {
    Random random = new Random(SampleTensors.seed());
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (DType dtype : types()) {
      for (long[] shape : SampleTensors.SHAPES) {
        String name = "group/" + dtype + ".weight:" + arrays.size();
        arrays.put(name, SampleTensors.random(dtype, random, shape));
      }
    }
    arrays.put("large", SampleTensors.random(DType.FLOAT32, random, 300, 1_000));
    return arrays;
  }

  private static void assertSame(Map<String, Tensor> found, Map<String, Tensor> expected) {
    assertThat(found.keySet()).containsExactlyElementsOf(new TreeMap<>(expected).keySet());
    found.forEach(
        (name, tensor) -> assertThat(tensor.contentEquals(expected.get(name))).as(name).isTrue());
  }

  @Test
  void numpyReadsArchivesStoredAndCompressed() throws IOException {
    Map<String, Tensor> arrays = archive();
    List<String> expected = new ArrayList<>();
    new TreeMap<>(arrays)
        .forEach(
            (name, tensor) ->
                expected.add(
                    String.join(
                        " ",
                        name,
                        NumpyTypes.name(tensor.dtype()),
                        SampleTensors.shape(tensor),
                        SampleTensors.sha256(tensor))));
    for (int level : new int[] {0, 1, Npz.DEFAULT_LEVEL, 9}) {
      Path file = folder.resolve("a" + level + ".npz");
      Npz.write(file, arrays, level);
      assertSame(Npz.read(file), arrays);

      String printed =
          Foreign.python(
              NUMPY,
              """
              import hashlib, sys, zipfile
              import numpy as np
              archive = zipfile.ZipFile(sys.argv[1])
              assert archive.testzip() is None
              for info in archive.infolist():
                  assert info.date_time == (1980, 1, 1, 0, 0, 0), info
              for name, a in np.load(sys.argv[1], allow_pickle=False).items():
                  print(name, a.dtype.str, ','.join(map(str, a.shape)),
                        hashlib.sha256(a.tobytes()).hexdigest())
              """,
              file);

      assertThat(printed.lines()).as("level " + level).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void readsArchivesThatNumpyWrites() throws IOException {
    Foreign.python(
        NUMPY,
        """
        import sys
        import numpy as np
        folder = sys.argv[1]
        arrays = {'a': np.arange(12, dtype='>i4').reshape(3, 4), 'b.c': np.float64(2.5),
                  'd/e': np.asfortranarray(np.arange(6, dtype='<c16').reshape(2, 3)),
                  'zeros': np.zeros((1000, 100), 'f4'), 'none': np.zeros((0, 3), '?')}
        np.savez(folder + '/stored.npz', **arrays)
        np.savez_compressed(folder + '/compressed.npz', **arrays)
        np.savez(folder + '/unnamed.npz', np.arange(3), np.arange(4))
        """,
        folder);
    for (String name : List.of("stored.npz", "compressed.npz")) {
      Map<String, Tensor> arrays = Npz.read(folder.resolve(name));
      assertThat(arrays.keySet()).containsExactly("a", "b.c", "d/e", "zeros", "none");
      assertThat(arrays.get("a").toInts()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      assertThat(arrays.get("b.c").toDoubles()).containsExactly(2.5);
      assertThat(arrays.get("b.c").dimensions()).isZero();
      assertThat(arrays.get("d/e").toDoubles()).containsExactly(0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0);
      assertThat(arrays.get("zeros").shape()).containsExactly(1_000, 100);
      assertThat(arrays.get("none")).hasToString("BOOL[0, 3]");
    }
    assertThat(Npz.read(folder.resolve("unnamed.npz")).keySet()).containsExactly("arr_0", "arr_1");
  }

  @Test
  void archivesOfMoreEntriesThanFitShortFieldsAreReadByBoth() throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    Tensor one = Tensor.of(new byte[] {1}, 1);
    for (int i = 0; i < 65_600; i++) {
      arrays.put("t" + i, one);
    }
    Path file = folder.resolve("many.npz");
    Npz.write(file, arrays);

    FormatLimits d = FormatLimits.DEFAULT;
    FormatLimits more =
        new FormatLimits(
            d.maxFileBytes(), d.maxTotalBytes(), d.maxHeaderBytes(), 70_000, d.maxDepth(), 100);
    assertThat(Npz.read(file, more)).hasSize(65_600);
    assertThatThrownBy(() -> Npz.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("65600 entries")
        .hasMessageContaining("maxEntries");
    assertThat(
            Foreign.python(
                NUMPY,
                "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))",
                file))
        .isEqualTo("65600");
  }

  @Test
  @Tag("soak")
  void anArrayOfMoreThanFourGibibytesIsWrittenWithLongFields() throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 26);
    Tensor tensor = Tensor.of(DType.UINT8, Collections.nCopies(65, zeros), 65L << 26);
    Path file = folder.resolve("long.npz");
    Npz.write(file, Map.of("a", tensor, "b", Tensor.of(new byte[] {3}, 1)), 1);

    assertThat(
            Foreign.python(
                NUMPY,
                """
                import sys, zipfile
                archive = zipfile.ZipFile(sys.argv[1])
                print(archive.testzip(), [info.file_size for info in archive.infolist()])
                """,
                file))
        .isEqualTo("None [" + ((65L << 26) + 128) + ", 129]");
    assertThatThrownBy(() -> Npz.read(file, FormatLimits.DEFAULT))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("maxRatio");
  }

  @Test
  void theSameArraysGiveTheSameBytesWhateverTheirOrder() throws IOException {
    Map<String, Tensor> arrays = archive();
    Map<String, Tensor> reversed = new TreeMap<>(Collections.reverseOrder());
    reversed.putAll(arrays);
    for (int level : new int[] {0, 6}) {
      Npz.write(folder.resolve("1.npz"), arrays, level);
      Npz.write(folder.resolve("2.npz"), reversed, level);
      assertThat(folder.resolve("1.npz")).hasSameBinaryContentAs(folder.resolve("2.npz"));
    }
  }

  @Test
  void aFileThatIsReplacedIsReplacedAsAWholeAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("a.npy");
    Npy.write(file, Tensor.of(new int[] {1, 2}, 2));
    Npy.write(file, Tensor.of(new double[] {5}));
    assertThat(Npy.read(file).toDoubles()).containsExactly(5);

    Tensor bfloat = SampleTensors.random(DType.BFLOAT16, new Random(1), 3);
    assertThatThrownBy(() -> Npy.write(file, bfloat))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("bfloat16");
    assertThatThrownBy(() -> Npz.write(file, Map.of("../a", bfloat)))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(Npy.read(file).toDoubles()).containsExactly(5);
    assertThat(SampleTensors.names(folder)).containsExactly("a.npy");
  }
}
