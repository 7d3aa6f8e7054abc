// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
  @TempDir Path directory;

  @Test
  void bootIdIsStable() {
    assumeTrue(Host.isLinux(), "boot ids are Linux's");

    assertThat(Host.bootId()).matches("[0-9a-f]{32}").isEqualTo(Host.bootId());
  }

  @Test
  void effectiveUserOwnsTheFilesWeCreate() throws IOException {
    assumeTrue(Host.isLinux(), "user ids are read from /proc");
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(StoreSecurity.ownerUid(file)).isEqualTo(Host.effectiveUid());
  }

  @Test
  void hostNameIsOneWord() {
    assertThat(Host.name()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void startOfThisProcessIsKnownAndOfADeadOneIsNot() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();

    assertThat(Host.startOf(Host.pid())).isNotNull();
    assertThat(Host.startOf(process.pid())).isNull();
  }

  @Test
  void diskSpaceIsTheFileSystemsOrTheTests() throws IOException {
    AtomicLong injected = new AtomicLong(123);
    DiskSpace space = DiskSpace.supplied(injected::get);

    assertThat(space.usableBytes()).isEqualTo(123);
    injected.set(7);
    assertThat(space.usableBytes()).isEqualTo(7);
    assertThat(DiskSpace.of(directory).usableBytes())
        .isPositive()
        .isLessThanOrEqualTo(Files.getFileStore(directory).getTotalSpace());
    assertThatThrownBy(() -> DiskSpace.of(directory.resolve("missing")))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("missing");
  }
}
