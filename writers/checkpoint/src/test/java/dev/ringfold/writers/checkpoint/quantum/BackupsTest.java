// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ringfold.StoreAccessException;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsTest {
  @TempDir Path directory;

  /** A clock that is set by hand. */
  private static final class HandClock extends Clock {
    private Instant now = Instant.parse("2025-06-30T12:34:56.789Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private final HandClock clock = new HandClock();

  private Backups backups() {
    return Backups.in(directory.resolve(".backups")).clock(clock);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void newestTenOfEachFileStay() throws IOException {
    Backups backups = backups();
    backups.take(file("other.json", "{\"other\":1}"));
    for (int i = 0; i < 15; i++) {
      clock.now = clock.now.plusSeconds(1);
      backups.take(file("s.json", "{\"i\":" + i + "}"));
    }

    assertThat(backups.list()).hasSize(11);
    assertThat(backups.list().get(0).file()).isEqualTo(directory.resolve("other.json"));
    Path latest = backups.latest(directory.resolve("s.json")).orElseThrow().backup();
    assertThat(backups.restore(latest)).hasContent("{\"i\":14}");
    assertThat(backups.restore(backups.list().get(1).backup())).hasContent("{\"i\":5}");
    try (var files = Files.list(directory.resolve(".backups"))) {
      assertThat(files).hasSize(12);
    }
    assertThat(backups.latest(directory.resolve("none.json"))).isEmpty();
  }

  @Test
  void oldOnesGoButTheNewestOfAFileStays() throws IOException {
    Backups backups = backups().maxAge(Duration.ofDays(30));
    backups.take(file("s.json", "{\"i\":0}"));
    clock.now = clock.now.plus(Duration.ofDays(20));
    backups.take(file("s.json", "{\"i\":1}"));
    clock.now = clock.now.plus(Duration.ofDays(20));
    assertThat(backups.rotate()).isEqualTo(1);
    clock.now = clock.now.plus(Duration.ofDays(400));
    assertThat(backups.rotate()).isZero();

    assertThat(backups.list()).hasSize(1);
    assertThat(backups.restore(backups.list().get(0).backup())).hasContent("{\"i\":1}");
  }

  @Test
  void backupsOfOneMomentHaveDifferentNames() throws IOException {
    Backups backups = backups();
    Path file = file("s.json", "{}");

    assertThat(List.of(backups.take(file).backup(), backups.take(file).backup()))
        .doesNotHaveDuplicates();
  }

  @Test
  void compressedAndBinaryFilesComeBackByteForByte() throws IOException {
    byte[] bytes = {'x', 1, 2, 3, 0, -1};
    Path packed = Files.write(directory.resolve("s.json.zlib"), bytes);
    Path binary = Files.write(directory.resolve("m.h5"), bytes);
    Backups backups = backups();
    Path first = backups.take(packed).backup();
    Path second = backups.take(binary).backup();
    Files.delete(packed);
    Files.delete(binary);

    assertThat(first.toString()).endsWith(".json.zlib");
    assertThat(second.toString()).endsWith(".h5.zlib");
    assertThat(first).hasBinaryContent(bytes);
    assertThat(backups.restore(first)).isEqualTo(packed).hasBinaryContent(bytes);
    assertThat(backups.restore(second)).isEqualTo(binary).hasBinaryContent(bytes);
  }

  @Test
  void fileOfAnySizeIsBackedUpAndRestoredInLittleMemory() throws IOException {
    long length = 48L << 20;
    Backups backups = backups();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (String name : List.of("large.h5", "large.json.zlib")) {
      Path file = file(name, "begin");
      try (RandomAccessFile grown = new RandomAccessFile(file.toFile(), "rw")) {
        grown.setLength(length);
      }
      backups.take(file);
      Path backup = backups.latest(file).orElseThrow().backup();
      Path target = directory.resolve("back");
      backups.restore(backup, target);
      long before = threads.getCurrentThreadAllocatedBytes();
      backups.restore(backup, target);

      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4L << 20);
      assertThat(Files.mismatch(target, file)).isEqualTo(-1);
    }
  }

  @Test
  void backupOfAFileThatAnotherThreadReplacesIsOneOfItsContents() throws Exception {
    Backups backups = backups();
    Path file = file("s.json", "x");
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              for (byte content = 0; !done.get(); content++) {
                byte[] bytes = new byte[1 << 20];
                Arrays.fill(bytes, content);
                TargetFile.write(file, bytes);
              }
            });
    writer.start();
    try {
      for (int i = 0; i < 20; i++) {
        Path restored = backups.restore(backups.take(file).backup(), directory.resolve("back"));
        byte[] bytes = Files.readAllBytes(restored);
        byte[] expected = new byte[bytes.length];
        Arrays.fill(expected, bytes[bytes.length - 1]);
        assertThat(Arrays.equals(bytes, expected)).isTrue();
      }
    } finally {
      done.set(true);
      writer.join();
    }
  }

  @Test
  void damagedBackupIsNotRestored() throws IOException {
    Backups backups = backups();
    Path file = file("s.json", "{\"i\":0}");
    Path first = backups.take(file).backup();
    Path second = backups.take(file("s.json", "{\"i\":1}")).backup();
    Files.copy(second, first, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> backups.restore(first)).isInstanceOf(ChecksumMismatchException.class);
    assertThat(file).hasContent("{\"i\":1}");
    Files.write(first, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> backups.restore(first)).isInstanceOf(FormatException.class);
    byte[] whole = Files.readAllBytes(second);
    Files.write(second, Arrays.copyOf(whole, whole.length - 5));
    assertThatThrownBy(() -> backups.restore(second)).isInstanceOf(FormatException.class);
    Files.copy(
        backups.take(file("s.json", "{\"i\":10}")).backup(),
        second,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> backups.restore(second))
        .isInstanceOf(ChecksumMismatchException.class)
        .hasMessageContaining("more than 7 bytes");
    assertThat(file).hasContent("{\"i\":10}");
    try (var files = Files.list(directory)) {
      assertThat(files).as("no temporary files").hasSize(2);
    }
  }

  @Test
  void nothingIsWrittenOutsideUnlessTheCallerSaysWhere() throws IOException {
    Path outside = Files.createDirectories(directory.resolve("out")).resolve("s.json");
    Path inner = Files.createDirectories(directory.resolve("in"));
    Files.writeString(outside, "{}");
    Backups backups = Backups.in(inner.resolve(".backups")).clock(clock);
    Path backup = backups.take(outside).backup();
    Files.delete(outside);

    assertThatThrownBy(() -> backups.restore(backup)).hasMessageContaining("Say where");
    assertThat(outside).doesNotExist();
    assertThat(backups.restore(backup, outside)).hasContent("{}");
    assertThatThrownBy(() -> backups.restore(outside)).hasMessageContaining("There is no backup");
  }

  @Test
  void hostileListIsRefused() throws IOException {
    backups().take(file("s.json", "{}"));
    Path list = directory.resolve(".backups").resolve(Backups.METADATA);
    String good = Files.readString(list);
    String name = String.valueOf(backups().list().get(0).backup().getFileName());
    for (String bad :
        List.of(
            good.replace("\"" + name, "\"../" + name),
            good.replace("\"" + name, "\"/etc/" + name),
            good.replace(directory + "/s.json", "s.json"),
            good.replace("\"1.0\"", "\"9.0\""),
            good.replace("\"bytes\":2", "\"bytes\":-2"),
            "[]",
            "")) {
      Files.writeString(list, bad);
      assertThat(bad).isNotEqualTo(good);
      assertThatThrownBy(() -> backups().list()).as(bad).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void missingFileIsRefusedAndLeavesTheListAlone() {
    assertThatThrownBy(() -> backups().take(directory.resolve("none.json")))
        .isInstanceOf(StoreAccessException.class);
    assertThat(backups().list()).isEmpty();
    assertThatThrownBy(() -> backups().keep(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> backups().maxAge(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
