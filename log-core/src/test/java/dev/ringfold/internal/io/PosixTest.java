// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.openhft.posix.PosixAPI;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
class PosixTest {
  private static final long MIB = 1L << 20;

  @TempDir Path directory;

  @BeforeEach
  void requireLibrary() {
    assumeTrue(Posix.available(), "native POSIX library is not available here");
  }

  @Test
  void fallocateTakesBlocksWithoutLengthAndTruncateGivesThemBack() throws IOException {
    Path file = Files.writeString(directory.resolve("segment"), "abc");
    int fd = Posix.open(file);
    try {
      assumeTrue(Posix.supportsFallocate(fd), "file system without fallocate");
      assertThat(Posix.fallocateKeepSize(fd, 0, 4 * MIB)).isTrue();

      assertThat(file).hasContent("abc");
      assertThat(allocatedBytes(file)).isGreaterThanOrEqualTo(4 * MIB);

      Posix.truncate(fd, 3);
    } finally {
      Posix.close(fd);
    }
    assertThat(file).hasContent("abc");
    assertThat(allocatedBytes(file)).isLessThan(MIB);
  }

  @Test
  void moreThanTheDiskHasIsFalseAndNotAnException() throws IOException {
    // tmpfs refuses at once; ext4 would first take every free block away from everybody else.
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory), "no /dev/shm");
    Path file = Files.createTempFile(memory, "ringfold-posix-test", "");
    int fd = Posix.open(file);
    try {
      assumeTrue(Posix.supportsFallocate(fd), "file system without fallocate");
      long tooMuch = Files.getFileStore(memory).getTotalSpace() + 1024 * MIB;
      assertThat(Posix.fallocateKeepSize(fd, 0, tooMuch)).isFalse();
      assertThat(Files.size(file)).isZero();
    } finally {
      Posix.close(fd);
      Files.delete(file);
    }
  }

  @Test
  void openOfAMissingFileNamesItAndTheErrno() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> Posix.open(missing))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("errno 2");
  }

  @Test
  void openDoesNotFollowASymbolicLink() throws IOException {
    Path link =
        Files.createSymbolicLink(
            directory.resolve("link"), Files.createFile(directory.resolve("file")));

    assertThatThrownBy(() -> Posix.open(link))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("errno 40");
  }

  @Test
  void closedDescriptorIsATypedError() throws IOException {
    int fd = Posix.open(Files.createFile(directory.resolve("file")));
    Posix.close(fd);

    assertThatThrownBy(() -> Posix.close(1_000_000))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("errno 9");
    assertThatThrownBy(() -> Posix.fallocateKeepSize(1_000_000, 0, 1))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("errno 9");
  }

  @Test
  void invalidRangeIsATypedError() throws IOException {
    int fd = Posix.open(Files.createFile(directory.resolve("file")));
    try {
      assertThatThrownBy(() -> Posix.fallocateKeepSize(fd, -1, 1))
          .isInstanceOf(StoreAccessException.class)
          .hasMessageContaining("errno 22");
    } finally {
      Posix.close(fd);
    }
  }

  @Test
  void descriptorIsClosedInChildProcesses() throws IOException, InterruptedException {
    Path file = Files.createFile(directory.resolve("inherited"));
    int fd = Posix.open(file);
    try {
      Process process = new ProcessBuilder("ls", "-l", "/proc/self/fd").start();
      String descriptors = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor()).isZero();
      assertThat(descriptors).doesNotContain("inherited");
    } finally {
      Posix.close(fd);
    }
  }

  @Test
  void populateWriteMakesPagesResidentOrSaysNo() throws IOException {
    PosixAPI api = PosixAPI.posix();
    Path file = directory.resolve("mapped");
    Files.write(file, new byte[(int) MIB]);
    int fd = Posix.open(file);
    long address = api.mmap(0, MIB, 3, 1, fd, 0);
    try {
      boolean populated = Posix.populateWrite(address + 5, MIB - 5);

      assertThat(populated).isEqualTo(residentBytes(address) == MIB);
      assertThat(Posix.populateWrite(0x1000, 4096)).isFalse();
    } finally {
      api.munmap(address, MIB);
      Posix.close(fd);
    }
  }

  private static long residentBytes(long address) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    String start = Long.toHexString(address) + "-";
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(start)) {
        return lines.subList(i, i + 8).stream()
            .filter(line -> line.startsWith("Rss:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
            .findFirst()
            .orElseThrow();
      }
    }
    throw new AssertionError("mapping not found: " + Arrays.toString(lines.toArray()));
  }

  private static long allocatedBytes(Path file) throws IOException {
    Process process = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    return Long.parseLong(new String(process.getInputStream().readAllBytes()).strip()) * 512;
  }
}
