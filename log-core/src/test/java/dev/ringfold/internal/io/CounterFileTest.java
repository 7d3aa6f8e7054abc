// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
class CounterFileTest {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final String OTHER_BOOT = "0123456789abcdef0123456789abcdef";

  @TempDir Path store;
  private byte[] storeId;

  @BeforeEach
  void chooseStoreId() {
    long unique = System.nanoTime() ^ ProcessHandle.current().pid() << 40;
    storeId = HexFormat.of().parseHex("00".repeat(8) + HexFormat.of().toHexDigits(unique));
  }

  @AfterEach
  void deleteSharedMemory() throws IOException {
    if (Files.isDirectory(SHARED_MEMORY)) {
      try (Stream<Path> files = Files.list(SHARED_MEMORY)) {
        String id = HexFormat.of().formatHex(storeId);
        for (Path file : files.filter(f -> f.toString().contains(id)).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void freshFileIsZeroPrivateAndInSharedMemory() throws IOException {
    assumeTrue(Files.isDirectory(SHARED_MEMORY), "needs /dev/shm");

    CounterFile counters = CounterFile.open(store, storeId);

    assertThat(counters.survived()).isFalse();
    assertThat(counters.inSharedMemory()).isTrue();
    assertThat(counters.path().getFileName().toString())
        .startsWith("ringfold-" + Host.effectiveUid() + "-" + HexFormat.of().formatHex(storeId));
    assertThat(Files.size(counters.path())).isEqualTo(CounterFile.FILE_BYTES);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(counters.path())))
        .isEqualTo("rw-------");
    assertThat(counters.session()).isZero();
    assertThat(counters.usedProducers()).isZero();
    assertThat(counters.offered(255)).isZero();
  }

  @Test
  void reopenedFileHasWhatWasSet() {
    CounterFile counters = CounterFile.open(store, storeId);
    counters.beginSession(7);
    counters.declare(3, 42);
    counters.setOffered(3, (1L << 48) - 1);
    counters.setDropped(3, 5);

    CounterFile again = CounterFile.open(store, storeId);

    assertThat(again.survived()).isTrue();
    assertThat(again.session()).isEqualTo(7);
    assertThat(again.usedProducers()).isEqualTo(4);
    assertThat(again.offered(3)).isEqualTo((1L << 48) - 1);
    assertThat(again.dropped(3)).isEqualTo(5);
    assertThat(again.nameId(3)).isEqualTo(42);
  }

  @Test
  void linesDoNotOverlap() {
    CounterFile counters = CounterFile.open(store, storeId);
    for (int producer = 0; producer < CounterFile.MAX_PRODUCERS; producer++) {
      counters.declare(producer, 3 * producer);
      counters.setOffered(producer, 1000L + producer);
      counters.setDropped(producer, 2000L + producer);
    }

    for (int producer = 0; producer < CounterFile.MAX_PRODUCERS; producer++) {
      assertThat(counters.offered(producer)).isEqualTo(1000L + producer);
      assertThat(counters.dropped(producer)).isEqualTo(2000L + producer);
      assertThat(counters.nameId(producer)).isEqualTo(3 * producer);
    }
    assertThat(counters.usedProducers()).isEqualTo(CounterFile.MAX_PRODUCERS);
  }

  @Test
  void beginSessionZeroesTheLinesAndKeepsTheFailure() {
    CounterFile counters = CounterFile.open(store, storeId);
    counters.beginSession(1);
    counters.declare(255, 9);
    counters.setOffered(255, 9);
    counters.markFailed("force: Input/output error");

    counters.beginSession(2);

    assertThat(counters.session()).isEqualTo(2);
    assertThat(counters.offered(255)).isZero();
    assertThat(counters.usedProducers()).isZero();
    assertThat(counters.failedReason()).isEqualTo("force: Input/output error");
    counters.clearFailed();
    assertThat(counters.failedReason()).isNull();
  }

  @Test
  void firstFailureReasonSurvivesAndIsCutAtACharacter() {
    CounterFile counters = CounterFile.open(store, storeId);
    assertThat(counters.failedReason()).isNull();
    String reason = "x" + "€".repeat(300);

    counters.markFailed(reason);
    counters.markFailed("a later one");

    String kept = CounterFile.open(store, storeId).failedReason();
    assertThat(kept).isNotNull();
    assertThat(reason).startsWith(kept);
    assertThat(kept).hasSize(1 + 170);
  }

  @Test
  void countersOfAKilledProcessAreRead() {
    HexFormat hex = HexFormat.of();
    try (ChildJvm child =
        ChildJvm.start(Counting.class, List.of(), store, hex.formatHex(storeId))) {
      assertThat(child.readLine()).isEqualTo("counted");
      child.kill();
    }

    CounterFile counters = CounterFile.open(store, storeId);

    assertThat(counters.survived()).isTrue();
    assertThat(counters.session()).isEqualTo(11);
    assertThat(counters.offered(1)).isEqualTo(1_000_000);
    assertThat(counters.dropped(1)).isEqualTo(17);
  }

  @Test
  void truncatedFileIsReplacedAndReported() throws IOException {
    CounterFile counters = CounterFile.open(store, storeId);
    counters.setOffered(1, 5);
    replaceByCopy(counters.path(), 4096);

    CounterFile again = CounterFile.open(store, storeId);

    assertThat(again.survived()).isFalse();
    assertThat(again.condition()).contains("length is 4096").contains("" + CounterFile.FILE_BYTES);
    assertThat(again.offered(1)).isZero();
  }

  @Test
  void anyChangedHeaderByteIsDetected() throws IOException {
    for (int offset = 0; offset < 52; offset++) {
      CounterFile counters = CounterFile.open(store, storeId);
      counters.setOffered(1, 5);
      try (RandomAccessFile file = new RandomAccessFile(counters.path().toFile(), "rw")) {
        file.seek(offset);
        int old = file.read();
        file.seek(offset);
        file.write(old ^ 0x40);
      }

      CounterFile again = CounterFile.open(store, storeId);

      assertThat(again.survived()).as("offset %d", offset).isFalse();
      assertThat(again.condition()).isNotEqualTo("survived");
      assertThat(again.offered(1)).isZero();
    }
  }

  @Test
  void anyFlippedBitOfACountANameOrTheSessionIsFound() throws IOException {
    CounterFile counters = CounterFile.open(store, storeId);
    counters.beginSession(5);
    counters.declare(3, 42);
    counters.setOffered(3, 123_456_789);
    byte[] intact = Files.readAllBytes(counters.path());
    for (int offset : new int[] {64, 4096 + 3 * 128, 4096 + 3 * 128 + 16, 4096 + 7 * 128}) {
      for (int bit = 0; bit < Long.SIZE; bit++) {
        byte[] damaged = intact.clone();
        damaged[offset + bit / 8] ^= (byte) (1 << bit % 8);
        Files.delete(counters.path());
        Files.write(counters.path(), damaged);

        CounterFile again = CounterFile.open(store, storeId);

        assertThat(again.survived()).isTrue();
        boolean found =
            again.damage() != null || again.damage(3) != null || again.damage(7) != null;
        assertThat(found).as("bit %d at offset %d", bit, offset).isTrue();
      }
    }
    assertThat(counters.damage()).isNull();
    assertThat(counters.damage(3)).isNull();
    assertThat(counters.damage(7)).isNull();
  }

  @Test
  void aLineThatWasZeroedIsFound() throws IOException {
    CounterFile counters = CounterFile.open(store, storeId);
    counters.beginSession(5);
    counters.declare(3, 42);
    byte[] zeroed = Files.readAllBytes(counters.path());
    java.util.Arrays.fill(zeroed, 4096, zeroed.length, (byte) 0);
    Files.delete(counters.path());
    Files.write(counters.path(), zeroed);

    assertThat(CounterFile.open(store, storeId).damage(3)).contains("producer 3");
  }

  @Test
  void withoutSharedMemoryTheFileIsInTheStoreAndAnotherBootDiscardsIt() {
    Path missing = store.resolve("no-shm");
    CounterFile counters = CounterPlacement.open(store, storeId, missing, "f".repeat(32));
    counters.beginSession(1);
    counters.setOffered(1, 5);

    assertThat(counters.inSharedMemory()).isFalse();
    assertThat(counters.path()).isEqualTo(store.resolve("counters"));
    CounterFile sameBoot = CounterPlacement.open(store, storeId, missing, "f".repeat(32));
    assertThat(sameBoot.survived()).isTrue();
    assertThat(sameBoot.offered(1)).isEqualTo(5);
    CounterFile afterReboot = CounterPlacement.open(store, storeId, missing, OTHER_BOOT);
    assertThat(afterReboot.survived()).isFalse();
    assertThat(afterReboot.condition()).contains("another boot");
    assertThat(afterReboot.offered(1)).isZero();
  }

  @Test
  void withoutABootIdNothingCountsAsSurvived() {
    CounterPlacement.open(store, storeId, SHARED_MEMORY, null).setOffered(1, 5);

    CounterFile again = CounterPlacement.open(store, storeId, SHARED_MEMORY, null);

    assertThat(again.survived()).isFalse();
    assertThat(again.inSharedMemory()).isFalse();
    assertThat(again.offered(1)).isZero();
  }

  @Test
  void directoryThatIsNotTmpfsIsNotUsed(@TempDir Path disk) {
    assumeTrue(!StoreSecurity.fileSystemType(disk).equals("tmpfs"), "temp directory is tmpfs");

    CounterFile counters = CounterPlacement.open(store, storeId, disk, OTHER_BOOT);

    assertThat(counters.inSharedMemory()).isFalse();
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void symbolicLinkInSharedMemoryIsNeverFollowed() throws IOException {
    assumeTrue(Files.isDirectory(SHARED_MEMORY), "needs /dev/shm");
    Path name = CounterFile.open(store, storeId).path();
    Path victim = Files.write(store.resolve("victim"), new byte[CounterFile.FILE_BYTES]);
    Files.delete(name);
    Files.createSymbolicLink(name, victim);

    CounterFile counters = CounterFile.open(store, storeId);
    counters.setOffered(1, 5);

    assertThat(counters.inSharedMemory()).isFalse();
    assertThat(victim).hasBinaryContent(new byte[CounterFile.FILE_BYTES]);
  }

  @Test
  void copyOfAStoreHasItsOwnCounters(@TempDir Path copy) {
    CounterFile.open(store, storeId).setOffered(1, 5);

    CounterFile counters = CounterFile.open(copy, storeId);

    assertThat(counters.survived()).isFalse();
    assertThat(counters.offered(1)).isZero();
  }

  @Test
  void deleteRemovesTheFile() {
    CounterFile counters = CounterFile.open(store, storeId);

    counters.delete();
    counters.delete();

    assertThat(counters.path()).doesNotExist();
    assertThat(CounterFile.open(store, storeId).survived()).isFalse();
  }

  @Test
  void producerOutOfRangeIsRefused() {
    CounterFile counters = CounterFile.open(store, storeId);

    for (int producer : new int[] {-1, 256, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> counters.setOffered(producer, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("but was " + producer);
    }
    assertThatThrownBy(() -> counters.beginSession(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void interruptedThreadOpensAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    CounterFile counters = CounterFile.open(store, storeId);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(counters.inSharedMemory()).isEqualTo(Files.isDirectory(SHARED_MEMORY));
  }

  @Test
  void unusableStoreDirectoryIsATypedError() {
    Path gone = store.resolve("gone");

    assertThatThrownBy(() -> CounterPlacement.open(gone, storeId, gone, OTHER_BOOT))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("counters");
  }

  @Test
  void countingAllocatesNothing() {
    CounterFile counters = CounterFile.open(store, storeId);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    count(counters, 200_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    count(counters, 200_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // The measurement itself may take a few bytes; one object per call would be megabytes.
    assertThat(allocated).isLessThan(1024);
    assertThat(counters.offered(1)).isEqualTo(199_999);
  }

  private static void count(CounterFile counters, int times) {
    for (int i = 0; i < times; i++) {
      counters.setOffered(1, i);
      counters.setDropped(1, counters.offered(1) - counters.dropped(1));
    }
  }

  /** Truncating a file that is mapped could kill this JVM, so the name gets a shorter copy. */
  private static void replaceByCopy(Path file, int length) throws IOException {
    byte[] head = java.util.Arrays.copyOf(Files.readAllBytes(file), length);
    Files.delete(file);
    Files.write(file, head);
  }

  /** Counts a million offers and waits to be killed. */
  static final class Counting {
    private Counting() {}

    public static void main(String[] args) throws IOException {
      CounterFile counters = CounterFile.open(Path.of(args[0]), HexFormat.of().parseHex(args[1]));
      counters.beginSession(11);
      for (int i = 1; i <= 1_000_000; i++) {
        counters.setOffered(1, i);
      }
      counters.setDropped(1, 17);
      System.out.println("counted");
      System.in.read();
    }
  }
}
