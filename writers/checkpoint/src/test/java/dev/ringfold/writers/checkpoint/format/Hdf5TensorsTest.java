// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class Hdf5TensorsTest {
  private static final long[][] SHAPES = {
    {}, {0}, {1}, {3, 0, 2}, {7}, {5, 3}, {2, 1, 3, 1, 2}, {40_000}, {300, 70}, {3, 90_000}
  };

  @TempDir Path folder;

  private static Map<String, Tensor> everything() {
    Random random = new Random(11);
    Map<String, Tensor> tensors = new TreeMap<>();
    for (DType dtype : DType.values()) {
      for (long[] shape : SHAPES) {
        byte[] bytes = new byte[(int) (Tensor.elements(shape) * dtype.bytes())];
        random.nextBytes(bytes);
        for (int i = 0; dtype == DType.BOOL && i < bytes.length; i++) {
          bytes[i] &= 1;
        }
        String name =
            dtype
                + "/shape."
                + Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("_"));
        tensors.put(name, Tensor.of(dtype, ByteBuffer.wrap(bytes), shape));
      }
    }
    return tensors;
  }

  private static String sha256(Tensor tensor) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(tensor.toBytes()));
  }

  @ParameterizedTest
  @CsvSource({"0,false", "1,false", "6,true", "9,true"})
  void everyTypeAndShapeComesBack(int level, boolean shuffle) {
    Path file = folder.resolve("t.h5");
    Map<String, Tensor> tensors = everything();

    Hdf5Tensors.write(file, tensors, Map.of("metadata", "{\"epoch\":3}"), level, shuffle);
    Hdf5Tensors.Content content = Hdf5Tensors.read(file);

    assertThat(content.attributes()).isEqualTo(Map.of("metadata", "{\"epoch\":3}"));
    assertThat(content.tensors().keySet()).isEqualTo(tensors.keySet());
    tensors.forEach(
        (name, tensor) ->
            assertThat(content.tensors().get(name).contentEquals(tensor)).as(name).isTrue());
  }

  @Test
  void h5pyReadsEveryTypeAndShape() throws Exception {
    Path file = folder.resolve("t.h5");
    Map<String, Tensor> tensors = everything();
    Hdf5Tensors.write(file, tensors, Map.of(), 4, true);

    String said =
        Foreign.python(
            List.of("h5py", "numpy"),
            """
            import sys, hashlib, h5py, numpy as np
            f = h5py.File(sys.argv[1], 'r')
            def show(name, d):
                if isinstance(d, h5py.Dataset):
                    a = np.ascontiguousarray(d[()])
                    print(name, a.dtype, '_'.join(map(str, d.shape)),
                          hashlib.sha256(a.tobytes()).hexdigest())
            f.visititems(show)
            """,
            file);

    Map<String, String> lines =
        said.lines().collect(Collectors.toMap(line -> line.split(" ")[0], line -> line));
    assertThat(lines.keySet()).isEqualTo(tensors.keySet());
    for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
      DType dtype = each.getValue().dtype();
      String type =
          dtype == DType.BFLOAT16 ? "uint16" : dtype.name().toLowerCase(java.util.Locale.ROOT);
      String shape =
          Arrays.stream(each.getValue().shape())
              .mapToObj(Long::toString)
              .collect(Collectors.joining("_"));
      assertThat(lines.get(each.getKey()))
          .isEqualTo(each.getKey() + " " + type + " " + shape + " " + sha256(each.getValue()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"earliest", "latest"})
  void whatH5pyWritesIsRead(String libver) throws Exception {
    Path file = folder.resolve("theirs.h5");
    String said =
        Foreign.python(
            List.of("h5py", "numpy"),
            """
            import sys, hashlib, h5py, numpy as np
            rng = np.random.default_rng(3)
            types = ['?', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'c8', 'c16']
            shapes = [(), (0,), (5,), (4, 3), (2, 0), (100, 33), (7, 5, 11)]
            ways = {'plain': {}, 'gzip': dict(compression='gzip', shuffle=True),
                    'odd': dict(compression='gzip', fletcher32=True, chunks='odd'),
                    'growing': dict(maxshape='none', chunks='odd'), 'lzf': dict(compression='lzf')}
            with h5py.File(sys.argv[1], 'w', libver=sys.argv[2]) as f:
                f.attrs['count'] = np.uint16(7)
                f.attrs['big'] = np.uint64(2**64 - 1)
                f.attrs['half'] = np.float32(0.5)
                f.attrs['text'] = 'ü'
                f.attrs['bytes'] = np.bytes_(b'abc')
                f.attrs['list'] = np.array([5], dtype='>i4')
                f.attrs['nothing'] = h5py.Empty('f8')
                for t in types:
                    for order in '<>':
                        for s in shapes:
                            a = rng.integers(0, 2, s) if t == '?' else rng.standard_normal(s) * 90
                            if t[0] == 'c':
                                a = a + 1j * rng.standard_normal(s)
                            if t[0] == 'u':
                                a = np.abs(a)
                            a = np.asarray(np.asfortranarray(a.astype(order + t)))
                            for way, kw in ways.items():
                                kw = dict(kw)
                                if (s == () or 0 in s) and way != 'plain':
                                    continue
                                if 'chunks' in kw:
                                    kw['chunks'] = tuple(max(1, n // 2 - 1) for n in s)
                                if 'maxshape' in kw:
                                    kw['maxshape'] = tuple(None for n in s)
                                name = '%s/%s%s/%s' % (way, 'big' if order == '>' else 'little', t.replace('?', 'bool'), 's' + '_'.join(map(str, s)))
                                f.create_dataset(name, data=a, **kw)
                                n = a.astype(a.dtype.newbyteorder('<'))
                                print(name, hashlib.sha256(np.ascontiguousarray(n).tobytes()).hexdigest())
            """,
            file,
            libver);

    Hdf5Tensors.Content content = Hdf5Tensors.read(file);

    Map<String, String> expected =
        said.lines()
            .collect(Collectors.toMap(line -> line.split(" ")[0], line -> line.split(" ")[1]));
    assertThat(content.tensors().keySet()).isEqualTo(expected.keySet()).hasSizeGreaterThan(500);
    for (Map.Entry<String, Tensor> each : content.tensors().entrySet()) {
      assertThat(sha256(each.getValue())).as(each.getKey()).isEqualTo(expected.get(each.getKey()));
    }
    assertThat(content.tensors().get("gzip/bigc16/s7_5_11").dtype()).isEqualTo(DType.COMPLEX128);
    assertThat(content.tensors().get("plain/littlebool/s5").dtype()).isEqualTo(DType.BOOL);
    assertThat(content.attributes())
        .containsEntry("count", 7L)
        .containsEntry("big", new java.math.BigInteger("18446744073709551615"))
        .containsEntry("half", 0.5)
        .containsEntry("text", "ü")
        .containsEntry("bytes", "abc")
        .containsEntry("list", 5L)
        .doesNotContainKey("nothing");
  }

  @Test
  void theSameTensorsGiveTheSameBytes() {
    Hdf5Tensors.write(folder.resolve("1"), everything(), Map.of("b", "1", "a", "2"), 6, true);
    Hdf5Tensors.write(folder.resolve("2"), everything(), Map.of("a", "2", "b", "1"), 6, true);

    assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
  }

  @Test
  void namesAndAttributesThatCannotBeWrittenAreRefused() throws Exception {
    Path file = folder.resolve("t.h5");
    Tensor one = Tensor.of(new int[] {1}, 1);
    assertThatThrownBy(
            () -> Hdf5Tensors.write(file, Map.of("a", one, "a/b", one), Map.of(), 0, false))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> Hdf5Tensors.write(file, Map.of("../a", one), Map.of(), 0, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Hdf5Tensors.write(file, Map.of(), Map.of("m", "x".repeat(65_537)), 0, false))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("65537 bytes");
    assertThat(Files.list(folder)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "f['a'] = h5py.SoftLink('/b') | soft or external link",
        "f['a'] = h5py.ExternalLink('/etc/passwd', '/x') | soft or external link",
        "f.create_group('g'); f['g/again'] = f['g'] | deeper than",
        "f['../a b'] = 1 | name",
        "f['a'] = 'text' | expected whole",
        "f.create_dataset('a', data=np.zeros(3, dtype=[('x', 'f8'), ('y', 'f8')])) | r and i",
        "f.create_dataset('a', data=np.zeros(3, dtype=[('r', 'i8'), ('i', 'i8')])) | side by side",
        "f.create_dataset('a', shape=(5,), dtype='f8', chunks=(2,)) | No chunk",
        "f.create_dataset('a', shape=(2**60,), dtype='f8', chunks=(2**20,)) | says it has",
        "f.create_dataset('a', shape=(2**34,), dtype='u1', chunks=(2**20,)) | says it has",
        "f.create_dataset('a', shape=(2**25,), dtype='u1', chunks=(2**25,)) | No chunk",
        "f.create_dataset('a', shape=(2**40,), dtype='f8') | says it has",
        "f.attrs['x'] = np.arange(5) | one value",
        "f.attrs.create('x', 'y' * 60000, dtype='S60000'); f.attrs.create('z', 'y' * 70000,"
            + " dtype=h5py.string_dtype()) | 70000"
      })
  void whatIsNoTensorIsRefusedQuickly(String python, String word) {
    Path file = folder.resolve("bad.h5");
    Foreign.python(
        List.of("h5py", "numpy"),
        "import sys, h5py, numpy as np\nwith h5py.File(sys.argv[1], 'w') as f:\n    "
            + python.strip()
            + "\n",
        file);

    Refusals.assertRefused(() -> Hdf5Tensors.read(file))
        .hasMessageContaining("bad.h5")
        .hasMessageContaining(word);
  }

  @Test
  void aBombOfZerosIsRefused() {
    Path file = folder.resolve("bomb.h5");
    Foreign.python(
        List.of("h5py", "numpy"),
        """
        import sys, h5py, numpy as np
        with h5py.File(sys.argv[1], 'w') as f:
            f.create_dataset('a', data=np.zeros(200 << 20, 'u1'), compression='gzip', compression_opts=9)
        """,
        file);

    assertThatThrownBy(() -> Hdf5Tensors.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("says it has 209715200 bytes");
    assertThat(
            Hdf5Tensors.read(file, FormatLimits.DEFAULT.withMaxRatio(2_000))
                .tensors()
                .get("a")
                .bytes())
        .isEqualTo(200 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "not an HDF5 file at all, but text", "\u0089HDF"})
  void otherFilesAreRefused(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("x.h5"), content);

    assertThatThrownBy(() -> Hdf5Tensors.read(file)).isInstanceOf(FormatException.class);
  }

  @Test
  void limitsOfFilesTotalsAndCountsHold() {
    Path file = folder.resolve("t.h5");
    Hdf5Tensors.write(file, everything(), Map.of(), 0, false);

    assertThatThrownBy(() -> Hdf5Tensors.read(file, FormatLimits.DEFAULT.withMaxFileBytes(1_000)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at most 1000");
    assertThatThrownBy(() -> Hdf5Tensors.read(file, FormatLimits.DEFAULT.withMaxTotalBytes(1_000)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("more than 1000");
    assertThatThrownBy(
            () -> Hdf5Tensors.read(file, new FormatLimits(1 << 30, 1 << 30, 1 << 20, 5, 8, 100)))
        .isInstanceOf(FormatException.class);
  }
}
