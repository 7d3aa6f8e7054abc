// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
class StoreLockTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir Path directory;

  @Test
  void ownerFileTellsWhoHoldsTheLockAndGoesWithIt() throws IOException {
    Path owner = directory.resolve("OWNER");

    try (StoreLock lock = StoreLock.acquire(directory, SHORT)) {
      assertThat(lock).isNotNull();
      assertThat(Files.readString(owner))
          .startsWith("ringfold-owner 1\npid " + ProcessHandle.current().pid() + "\nhost ")
          .contains("\nstarted 20")
          .contains("\njava 1".replace("1", Integer.toString(Runtime.version().feature())));
    }

    assertThat(owner).doesNotExist();
  }

  @Test
  void secondOpenInTheSameProcessIsRefusedAndDoesNotDropTheLock() {
    try (StoreLock lock = StoreLock.acquire(directory, SHORT)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> StoreLock.acquire(directory, SHORT))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining("already open for writing in this process");

      // POSIX would have dropped our lock if the refused attempt had opened and closed LOCK.
      try (ChildJvm child = ChildJvm.start(Holder.class, List.of(), directory)) {
        assertThat(child.readLine()).isEqualTo("refused");
      }
    }
  }

  @Test
  void secondOpenThroughASymbolicLinkIsRefused(@TempDir Path other) throws IOException {
    Path link = Files.createSymbolicLink(other.resolve("link"), directory);

    try (StoreLock lock = StoreLock.acquire(directory, SHORT)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> StoreLock.acquire(link, SHORT))
          .isInstanceOf(StoreLockedException.class);
    }
  }

  @Test
  void lockCanBeTakenAgainAfterClose() {
    for (int i = 0; i < 3; i++) {
      StoreLock lock = StoreLock.acquire(directory, SHORT);
      lock.close();
      lock.close();
    }

    try (StoreLock lock = StoreLock.acquire(directory, Duration.ZERO)) {
      assertThat(directory.resolve("OWNER")).exists();
      assertThat(lock).isNotNull();
    }
  }

  @Test
  void closingTwiceDoesNotReleaseTheNextHolder() {
    StoreLock first = StoreLock.acquire(directory, SHORT);
    first.close();

    try (StoreLock second = StoreLock.acquire(directory, SHORT)) {
      assertThat(second).isNotNull();
      first.close();
      assertThatThrownBy(() -> StoreLock.acquire(directory, Duration.ZERO))
          .isInstanceOf(StoreLockedException.class);
      assertThat(directory.resolve("OWNER")).exists();
    }
  }

  @Test
  void otherProcessIsNamedWithinASecondAndItsKillLeavesNoLock() {
    try (ChildJvm child = ChildJvm.start(Holder.class, List.of(), directory)) {
      assertThat(child.readLine()).isEqualTo("held");

      long before = System.nanoTime();
      assertThatThrownBy(() -> StoreLock.acquire(directory, Duration.ofMillis(200)))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining("is open for writing by process " + child.pid())
          .hasMessageContaining("on host " + Host.name())
          .hasMessageContaining("since 20")
          .hasMessageContaining("read-only");
      assertThat(System.nanoTime() - before).isLessThan(1_000_000_000L);

      child.kill();
      assertThat(directory.resolve("OWNER")).exists();
      try (StoreLock lock = StoreLock.acquire(directory, Duration.ofSeconds(1))) {
        assertThat(lock).isNotNull();
        assertThat(directory.resolve("OWNER"))
            .content()
            .contains("pid " + ProcessHandle.current().pid() + "\n");
      }
    }
  }

  @Test
  void removedLockFileDoesNotLetASecondWriterIn() throws IOException {
    try (ChildJvm child = ChildJvm.start(Holder.class, List.of(), directory)) {
      assertThat(child.readLine()).isEqualTo("held");
      Files.delete(directory.resolve("LOCK"));

      assertThatThrownBy(() -> StoreLock.acquire(directory, SHORT))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining("was removed or replaced")
          .hasMessageContaining("process " + child.pid());
    }
  }

  @Test
  void damagedOwnerFileOfADeadProcessIsIgnored() throws IOException {
    Files.write(directory.resolve("OWNER"), new byte[] {'p', 'i', 'd', ' ', (byte) 0xFF, '\n'});

    try (StoreLock lock = StoreLock.acquire(directory, SHORT)) {
      assertThat(lock).isNotNull();
      assertThat(directory.resolve("OWNER")).content().startsWith("ringfold-owner 1\n");
    }
  }

  @Test
  void symbolicLinkAsLockFileIsRefused() throws IOException {
    Path elsewhere = Files.createFile(directory.resolve("elsewhere"));
    Files.createSymbolicLink(directory.resolve("LOCK"), elsewhere);

    assertThatThrownBy(() -> StoreLock.acquire(directory, SHORT))
        .isInstanceOf(StoreAccessException.class);
    assertThat(elsewhere).isEmptyFile();
  }

  @Test
  void interruptedThreadTakesAFreeLockAndIsToldAtOnceOfAHeldOne() {
    Thread.currentThread().interrupt();
    try (StoreLock lock = StoreLock.acquire(directory, SHORT)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> StoreLock.acquire(directory, Duration.ofSeconds(1)))
          .isInstanceOf(StoreLockedException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(directory.resolve("OWNER")).doesNotExist();
  }

  @Test
  void missingStoreDirectoryIsATypedErrorAndHoldsNothing() throws IOException {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> StoreLock.acquire(missing, SHORT))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining(missing.toString());

    Files.createDirectory(missing);
    StoreLock.acquire(missing, SHORT).close();
  }

  @Test
  void longTimeoutIsRefused() {
    assertThatThrownBy(() -> StoreLock.acquire(directory, Duration.ofSeconds(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT1S");
  }

  /** Holds the lock until it is killed, or tells that it was refused. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (StoreLock lock = StoreLock.acquire(Path.of(args[0]), SHORT)) {
        System.out.println(lock == null ? "?" : "held");
        System.in.read();
      } catch (StoreLockedException e) {
        System.out.println("refused");
      }
    }
  }
}
