// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.RingfoldException;
import dev.ringfold.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingStoreTest {
  private static final String SUFFIX = ".making";

  @TempDir private Path parent;

  @Test
  void aStoreAppearsWhenAllOfItIsThere() throws IOException {
    Path target = parent.resolve("store");
    try (PendingStore pending = PendingStore.begin(target, SUFFIX, "restore")) {
      Files.writeString(pending.directory().resolve("file"), "content");
      assertThat(target).doesNotExist();

      pending.publish();

      assertThat(target.resolve("file")).hasContent("content");
      assertThat(target.resolve(StoreLock.OWNER_FILE)).doesNotExist();
      assertThat(parent.resolve("store" + SUFFIX)).doesNotExist();
    }
    assertThat(target.resolve("file")).hasContent("content");
    StoreLock.acquire(target, Duration.ZERO).close();
  }

  @Test
  void whatIsGivenUpLeavesNothing() throws IOException {
    try (PendingStore pending = PendingStore.begin(parent.resolve("store"), SUFFIX, "restore")) {
      Files.createDirectories(pending.directory().resolve("a/b"));
      Files.writeString(pending.directory().resolve("a/b/file"), "content");
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void whatADeadOneLeftGoesFirst() throws IOException {
    Path left = Files.createDirectories(parent.resolve("store" + SUFFIX).resolve("journal"));
    Files.writeString(left.resolve("file"), "content");
    StoreSecurity.restrict(left.getParent());

    try (PendingStore pending = PendingStore.begin(parent.resolve("store"), SUFFIX, "restore")) {
      assertThat(left).doesNotExist();
      Files.createDirectory(left);
      pending.clear();
      assertThat(left).doesNotExist();
    }
  }

  @Test
  void onlyOneMayMakeAStoreForAPlace() throws IOException {
    Path target = parent.resolve("store");
    try (PendingStore first = PendingStore.begin(target, SUFFIX, "restore")) {
      Path file = Files.writeString(first.directory().resolve("file"), "content");

      assertThatThrownBy(() -> PendingStore.begin(target, SUFFIX, "restore"))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining("store" + SUFFIX);

      assertThat(file).hasContent("content");
      first.publish();
      assertThatThrownBy(() -> PendingStore.begin(target, SUFFIX, "restore"))
          .isInstanceOf(RingfoldException.class)
          .hasMessageContaining("There is something at " + target);
    }
    assertThat(target.resolve("file")).hasContent("content");
  }

  @Test
  void whoeverTakesAPlaceMeanwhileKeepsIt() throws IOException {
    Path target = parent.resolve("store");
    try (PendingStore pending = PendingStore.begin(target, SUFFIX, "restore")) {
      Files.createDirectory(target);
      Files.writeString(target.resolve("file"), "of somebody else");

      assertThatThrownBy(pending::publish).isInstanceOf(RingfoldException.class);
    }
    assertThat(target.resolve("file")).hasContent("of somebody else");
    assertThat(parent.resolve("store" + SUFFIX)).doesNotExist();
  }
}
