// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static dev.ringfold.writers.checkpoint.format.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreAccessException;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code .npy} and {@code .npz} of people who mean harm. */
class NumpyHostileTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private Path npy(String header, int version, byte[] elements) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer file =
        ByteBuffer.allocate(12 + text.length + elements.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      file.putShort((short) text.length);
    } else {
      file.putInt(text.length);
    }
    file.put(text).put(elements);
    return Files.write(folder.resolve("h.npy"), Arrays.copyOf(file.array(), file.position()));
  }

  private Path npy(String header) throws IOException {
    return npy(header, 1, new byte[24]);
  }

  private static String header(String descr, String shape) {
    return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'|O'",
        "'O'",
        "'<U8'",
        "'|S3'",
        "'|V8'",
        "'<M8[ns]'",
        "'<f16'",
        "'<c32'",
        "'=f8'",
        "'f8'",
        "'|f8'",
        "'<B2'",
        "''",
        "'<'",
        "'<f'",
        "'<f99999999999999999999'",
        "[('a', '<f8')]",
        "('<f8', (2,))",
        "None",
        "'\\x3cf8'",
        "<f8"
      })
  void elementsThatAreNoNumbersAreRefused(String descr) throws IOException {
    Path file = npy(header(descr, "(3,)"));
    assertRefused(() -> Npy.read(file));
  }

  @Test
  void pickledObjectsAreRefusedByName() throws IOException {
    Path file = npy(header("'|O'", "(3,)"));
    assertRefused(() -> Npy.read(file)).hasMessageContaining("pickled objects");

    Foreign.python(
        List.of("numpy"),
        """
        import sys
        import numpy as np
        objects = np.array([{'a': 1}, None], dtype=object)
        np.save(sys.argv[1] + '/o.npy', objects, allow_pickle=True)
        np.savez(sys.argv[1] + '/o.npz', good=np.arange(3), bad=objects)
        """,
        folder);
    assertRefused(() -> Npy.read(folder.resolve("o.npy"))).hasMessageContaining("pickled objects");
    assertRefused(() -> Npz.read(folder.resolve("o.npz"))).hasMessageContaining("pickled objects");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(-3,)",
        "(3)",
        "3",
        "(3,,)",
        "((3,),)",
        "(3.0,)",
        "(1e1,)",
        "[3]",
        "(",
        "(3,",
        "(3 3,)",
        "(99999999999999999999,)",
        "(999999999999999999, 999999999999999999)",
        "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)",
        "(True,)",
        "(4294967296, 4294967296)",
        "(2305843009213693952,)",
        "(0x3,)",
        "__import__('os')"
      })
  void shapesThatAreNoneAreRefused(String shape) throws IOException {
    Path file = npy(header("'<f8'", shape));
    assertRefused(() -> Npy.read(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "{'descr': '<f8'}",
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<f8', 'fortran_order': 0, 'shape': (3,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'x': 1}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)} + 1",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}\u00e9",
        "{'descr: '<f8', 'fortran_order': False, 'shape': (3,)}",
        "{'descr' '<f8', 'fortran_order': False, 'shape': (3,)}",
        "dict(descr='<f8', fortran_order=False, shape=(3,))"
      })
  void headersThatAreNoneAreRefused(String header) throws IOException {
    Path file = npy(header + "\n");
    assertRefused(() -> Npy.read(file));
  }

  @Test
  void deepNestingDoesNotTakeTheStack() throws IOException {
    Path file = npy(header("'<f8'", "(".repeat(60_000)));
    assertRefused(() -> Npy.read(file));
    Path other = npy("{".repeat(65_000));
    assertRefused(() -> Npy.read(other));
  }

  @Test
  void everyLengthButTheRightOneIsRefused() throws IOException {
    Path whole = folder.resolve("w.npy");
    Npy.write(whole, Tensor.of(new double[] {1, 2, 3}, 3));
    byte[] bytes = Files.readAllBytes(whole);
    Path file = folder.resolve("cut.npy");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Npy.read(file))
          .as("length " + length)
          .isInstanceOf(FormatException.class);
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    assertRefused(() -> Npy.read(file)).hasMessageContaining("more than one array");
    bytes[6] = 4;
    Files.write(file, bytes);
    assertRefused(() -> Npy.read(file)).hasMessageContaining("4.0");
  }

  @Test
  void whatIsNotThereIsNotAllocated() throws IOException {
    Path claim = npy(header("'<f8'", "(2000000000,)"));
    assertRefused(() -> Npy.read(claim)).hasMessageContaining("16000000000 bytes");
    Path headerClaim = npy("", 2, new byte[0]);
    try (RandomAccessFile file = new RandomAccessFile(headerClaim.toFile(), "rw")) {
      file.seek(8);
      file.writeInt(-1);
    }
    assertRefused(() -> Npy.read(headerClaim)).hasMessageContaining("header");
    // Zeros that take no space on the disk, but would in memory.
    Path sparse = npy(header("'<f8'", "(2000000000,)"), 1, new byte[0]);
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(file.length() + 16_000_000_000L);
    }
    assertRefused(() -> Npy.read(sparse)).hasMessageContaining("memory of this JVM");
    FormatLimits small = FormatLimits.DEFAULT.withMaxFileBytes(1 << 30);
    assertRefused(() -> Npy.read(sparse, small)).hasMessageContaining("maxFileBytes");
    assertRefused(() -> Npy.read(claim, FormatLimits.DEFAULT.withMaxTotalBytes(1 << 30)))
        .hasMessageContaining("maxTotalBytes");
  }

  @Test
  void booleansThatAreNoneAreRefused() throws IOException {
    Path file = npy(header("'|b1'", "(3,)"), 1, new byte[] {0, 1, 2});
    assertRefused(() -> Npy.read(file)).hasMessageContaining("a boolean is 2");
  }

  @Test
  void whatIsNoFileIsSaidSo() throws Exception {
    assertRefused(() -> Npy.read(folder)).hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> Npy.read(folder.resolve("absent.npy")))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("no such file");
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertRefused(() -> Npy.read(pipe)).hasMessageContaining("not a regular file");
    assertRefused(() -> Npz.read(pipe)).hasMessageContaining("not a regular file");
  }

  // Archives.

  private Path archive(Map<String, Tensor> arrays, Consumer<ByteBuffer> change) throws IOException {
    Path file = folder.resolve("h.npz");
    Npz.write(file, arrays);
    byte[] bytes = Files.readAllBytes(file);
    change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return Files.write(file, bytes);
  }

  private static Map<String, Tensor> two() {
    return new TreeMap<>(
        Map.of("a", Tensor.of(new int[] {1, 2, 3}, 3), "b", Tensor.of(new int[] {4, 5, 6}, 3)));
  }

  /** Offset of the n-th record with this signature. */
  private static int find(ByteBuffer bytes, int signature, int number) {
    int seen = 0;
    for (int at = 0; at + 4 <= bytes.limit(); at++) {
      if (bytes.getInt(at) == signature && seen++ == number) {
        return at;
      }
    }
    throw new AssertionError("no record " + number);
  }

  private void assertArchiveRefused(Consumer<ByteBuffer> change, String message)
      throws IOException {
    Path file = archive(two(), change);
    assertRefused(() -> Npz.read(file)).hasMessageContaining(message);
  }

  @Test
  void archivesThatContradictThemselvesAreRefused() throws IOException {
    assertArchiveRefused(b -> b.putInt(b.limit() - 22, 0), "no end of a zip archive");
    assertArchiveRefused(b -> b.putShort(b.limit() - 12, (short) 3), "several parts");
    assertArchiveRefused(
        b -> b.putShort(b.limit() - 14, (short) 3).putShort(b.limit() - 12, (short) 3),
        "does not fit");
    assertArchiveRefused(
        b -> b.putShort(b.limit() - 14, (short) 1).putShort(b.limit() - 12, (short) 1),
        "left over");
    assertArchiveRefused(b -> b.putInt(b.limit() - 6, 1), "does not fit");
    assertArchiveRefused(b -> b.putInt(b.limit() - 10, 0x7000_0000), "maxHeaderBytes");
    assertArchiveRefused(b -> b.putShort(b.limit() - 18, (short) 1), "several parts");
    int entry = ZipItem.DIRECTORY_HEADER;
    assertArchiveRefused(b -> b.putShort(find(b, entry, 0) + 8, (short) 1), "encrypted");
    assertArchiveRefused(b -> b.putShort(find(b, entry, 0) + 10, (short) 12), "method 12");
    assertArchiveRefused(b -> b.putInt(find(b, entry, 0) + 16, 7), "CRC-32");
    assertArchiveRefused(b -> b.putInt(find(b, entry, 0) + 20, 7), "not compressed");
    assertArchiveRefused(b -> b.putShort(find(b, entry, 1) + 28, (short) 9_999), "longer than");
    assertArchiveRefused(b -> b.putInt(find(b, entry, 0) + 42, 0x7000_0000), "outside the archive");
    assertArchiveRefused(b -> b.putInt(find(b, entry, 0) + 24, -1), "long sizes are missing");
    assertArchiveRefused(b -> b.put(find(b, entry, 1) + 46, (byte) 'a'), "does not agree");
    assertArchiveRefused(
        b -> b.put(find(b, ZipItem.LOCAL_HEADER, 0) + 30, (byte) 'x'), "does not agree");
    assertArchiveRefused(
        b -> b.putShort(find(b, ZipItem.LOCAL_HEADER, 0) + 28, (short) 0x7FFF), "outside");
  }

  @Test
  void entriesThatLieInOneAnotherAreRefused() throws IOException {
    // Both names are one letter: the second entry is told to begin where the first one does.
    assertArchiveRefused(
        b -> {
          int second = find(b, ZipItem.DIRECTORY_HEADER, 1);
          b.putInt(second + 42, 0);
          b.put(second + 46, (byte) 'a');
        },
        "two entries are called a.npy");
    byte[] quine = overlapping();
    Path file = Files.write(folder.resolve("o.npz"), quine);
    assertRefused(() -> Npz.read(file)).hasMessageContaining("lies in another one");
  }

  /** Two entries whose data is the same; the first one's bytes contain the second one's header. */
  private static byte[] overlapping() {
    ByteBuffer out = ByteBuffer.allocate(1_000).order(ByteOrder.LITTLE_ENDIAN);
    byte[] inner = local("b.npy", new byte[10]);
    byte[] outer = local("a.npy", inner);
    out.put(outer);
    int directory = out.position();
    central(out, "a.npy", inner.length, 0);
    central(out, "b.npy", 10, outer.length - inner.length);
    int length = out.position() - directory;
    out.putInt(ZipItem.END).putInt(0).putShort((short) 2).putShort((short) 2);
    out.putInt(length).putInt(directory).putShort((short) 0);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static byte[] local(String name, byte[] data) {
    ByteBuffer out =
        ByteBuffer.allocate(30 + name.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(ZipItem.LOCAL_HEADER).position(26);
    out.putShort((short) name.length()).putShort((short) 0);
    return out.put(name.getBytes(StandardCharsets.US_ASCII)).put(data).array();
  }

  private static void central(ByteBuffer out, String name, int bytes, int offset) {
    int at = out.position();
    out.putInt(at, ZipItem.DIRECTORY_HEADER);
    out.putInt(at + 20, bytes).putInt(at + 24, bytes);
    out.putShort(at + 28, (short) name.length());
    out.putInt(at + 42, offset);
    out.position(at + 46);
    out.put(name.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../a.npy",
        "/a.npy",
        "a/../b.npy",
        "a//b.npy",
        "a\\b.npy",
        "C:\\a.npy",
        ".npy",
        "./a.npy",
        "a\u0000b.npy",
        "a b.npy",
        "ä.npy",
        "a.txt",
        "a.npy/",
        "__MACOSX/._a.npy",
        "a.NPY"
      })
  void namesThatMeanSomethingToAFileSystemAreRefused(String name) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(1_000).order(ByteOrder.LITTLE_ENDIAN);
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    byte[] local = local("x".repeat(bytes.length), new byte[4]);
    System.arraycopy(bytes, 0, local, 30, bytes.length);
    out.put(local);
    int directory = out.position();
    central(out, "x".repeat(latin.length()), 4, 0);
    System.arraycopy(bytes, 0, out.array(), directory + 46, bytes.length);
    int length = out.position() - directory;
    out.putInt(ZipItem.END).putInt(0).putShort((short) 1).putShort((short) 1);
    out.putInt(length).putInt(directory).putShort((short) 0);
    Path file = Files.write(folder.resolve("n.npz"), Arrays.copyOf(out.array(), out.position()));

    assertRefused(() -> Npz.read(file));
    assertThat(SampleTensors.names(folder)).containsExactly("n.npz");
  }

  @Test
  void bombsAreRefusedBeforeTheyGrow() throws IOException {
    Path file = folder.resolve("bomb.npz");
    Tensor zeros = Tensor.of(new byte[100 * MIB], 100 * MIB);
    Npz.write(file, Map.of("bomb", zeros), 9);
    assertThat(Files.size(file)).isLessThan(MIB);
    assertRefused(() -> Npz.read(file)).hasMessageContaining("maxRatio");
    assertThat(Npz.read(file, FormatLimits.DEFAULT.withMaxRatio(2_000)).get("bomb").bytes())
        .isEqualTo(100L * MIB);
    assertRefused(
            () ->
                Npz.read(
                    file, FormatLimits.DEFAULT.withMaxRatio(2_000).withMaxTotalBytes(50 * MIB)))
        .hasMessageContaining("maxTotalBytes");
  }

  @Test
  void anEntryThatGrowsBeyondWhatItSaysIsRefused() throws IOException {
    Path file = folder.resolve("liar.npz");
    Npz.write(file, Map.of("a", Tensor.of(new byte[2 * MIB], 2 * MIB)), 9);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int entry = find(buffer, ZipItem.DIRECTORY_HEADER, 0);
    for (int declared : new int[] {200, MIB, 2 * MIB, 3 * MIB, 60 * MIB}) {
      buffer.putInt(entry + 24, declared);
      Files.write(file, bytes);
      assertRefused(() -> Npz.read(file));
    }
  }

  @Test
  void aMillionEntriesAreRefusedByTheirNumber() throws IOException {
    int count = 1_000_000;
    byte[] local = local("a.npy", new byte[0]);
    ByteBuffer out =
        ByteBuffer.allocate(local.length + count * 51 + 98).order(ByteOrder.LITTLE_ENDIAN);
    out.put(local);
    int directory = out.position();
    for (int i = 0; i < count; i++) {
      central(out, "a.npy", 0, 0);
    }
    int length = out.position() - directory;
    int end = out.position();
    out.putInt(ZipItem.LONG_END).putLong(44).putInt(0).putLong(0).putLong(count).putLong(count);
    out.putLong(length).putLong(directory);
    out.putInt(ZipItem.LONG_END_LOCATOR).putInt(0).putLong(end).putInt(1);
    out.putInt(ZipItem.END).putInt(0).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
    Path file = Files.write(folder.resolve("m.npz"), out.array());

    assertRefused(() -> Npz.read(file)).hasMessageContaining("1000000 entries");
  }

  @Test
  void everyCutAndEveryAdditionOfAnArchiveIsRefused() throws IOException {
    Path whole = folder.resolve("w.npz");
    Npz.write(whole, two(), 6);
    byte[] bytes = Files.readAllBytes(whole);
    Path file = folder.resolve("cut.npz");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Npz.read(file))
          .as("length " + length)
          .isInstanceOf(FormatException.class);
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    assertRefused(() -> Npz.read(file));
    byte[] shifted = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, shifted, 1, bytes.length);
    Files.write(file, shifted);
    assertRefused(() -> Npz.read(file));
  }
}
