// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.RingfoldException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TargetFileTest {
  @TempDir Path folder;

  @Test
  void theFileIsWholeOrNotThere() throws Exception {
    Path path = folder.resolve("f");
    Files.writeString(path, "before");
    try (TargetFile file = TargetFile.create(path)) {
      file.append("0123".getBytes(StandardCharsets.US_ASCII));
      file.append(Tensor.of(new byte[200_000], 200_000));
      assertThat(file.length()).isEqualTo(200_004);
      assertThat(path).hasContent("before");
    }
    assertThat(path).hasContent("before");
    assertThat(Files.list(folder)).containsExactly(path);

    try (TargetFile file = TargetFile.create(path)) {
      file.append("0123456".getBytes(StandardCharsets.US_ASCII));
      file.alignTo(8);
      file.overwrite(2, new byte[] {'x', 'y'});
      file.append(new byte[] {'e'});
      file.freeze();
    }
    assertThat(path).hasContent("01xy456\0e");
    assertThat(Files.list(folder)).containsExactly(path);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void placesThatWereNotWrittenCannotBeWrittenOver() {
    try (TargetFile file = TargetFile.create(folder.resolve("f"))) {
      file.append(new byte[3]);
      assertThatThrownBy(() -> file.overwrite(2, new byte[2]))
          .isInstanceOf(IllegalArgumentException.class);
      file.freeze();
      assertThatThrownBy(() -> file.append(new byte[100_000]))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aDirectoryThatIsNotThereIsATypedError() {
    assertThatThrownBy(() -> TargetFile.create(folder.resolve("none/f")))
        .isInstanceOf(RingfoldException.class);
  }

  @Test
  void anInterruptDoesNotStopAWrite() throws Exception {
    Thread.currentThread().interrupt();
    TargetFile.write(folder.resolve("f"), new byte[100_000]);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(folder.resolve("f")).hasSize(100_000);
  }

  @Test
  void streamsInflateToWhatTheyWere() throws Exception {
    byte[] raw = new byte[300_000];
    new Random(1).nextBytes(raw);
    Arrays.fill(raw, 100_000, 200_000, (byte) 7);
    Path path = folder.resolve("z");
    long stored;
    try (TargetFile file = TargetFile.create(path)) {
      stored = Zlib.deflate(Tensor.of(raw, raw.length), 9, file);
      file.freeze();
    }

    byte[] read = SourceFile.readAll(path, 1 << 20);
    assertThat(read).hasSize((int) stored);
    assertThat(Zlib.inflate(read, "f", raw.length, FormatLimits.DEFAULT)).isEqualTo(raw);
    assertThatThrownBy(() -> Zlib.inflate(read, "f", raw.length - 1, FormatLimits.DEFAULT))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("more than 299999");
    byte[] more = Arrays.copyOf(read, read.length + 3);
    assertThatThrownBy(() -> Zlib.inflate(more, "f", raw.length, FormatLimits.DEFAULT))
        .hasMessageContaining("3 bytes follow");
    assertThatThrownBy(() -> SourceFile.readAll(path, 10)).hasMessageContaining("at most 10");
  }
}
