// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.CheckedText;
import dev.ringfold.internal.io.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What retention sees of a reader that moves about. */
final class LeaseFileTest {
  private static final Duration GRACE = Duration.ofMinutes(1);
  private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();
  private static final long STEP_NANOS = 1_000_000L;

  @TempDir private Path store;

  @BeforeEach
  void makeDirectory() throws IOException {
    Files.createDirectory(store.resolve(LeaseFile.DIRECTORY));
  }

  private LeaseFile lease() {
    return new LeaseFile(store, Clock.systemUTC(), new AtomicBoolean());
  }

  private long leased() {
    List<LeaseFile.Seen> seen = LeaseFile.seen(store, Instant.now(), GRACE, false);
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).stale()).isFalse();
    return seen.get(0).segment();
  }

  @Test
  void aReaderThatNeedsMoreSaysSoAtOnce() {
    try (LeaseFile lease = lease()) {
      lease.moveTo(5);
      assertThat(leased()).isEqualTo(5);
      lease.moveTo(3);
      assertThat(leased()).isEqualTo(3);
    }
    assertThat(LeaseFile.seen(store, Instant.now(), GRACE, false)).isEmpty();
  }

  @Test
  void aReaderThatNeedsLessSaysSoWithAHeartbeat() throws IOException {
    try (LeaseFile lease = lease()) {
      lease.moveTo(5);
      Object file = fileKey();
      lease.moveTo(7);
      lease.moveTo(5);
      lease.moveTo(9);
      lease.beat();
      assertThat(leased()).isEqualTo(5);
      assertThat(fileKey()).as("the file was not written again").isEqualTo(file);

      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (leased() != 9) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        LockSupport.parkNanos(STEP_NANOS);
        lease.beat();
      }
    }
  }

  @Test
  void aReaderThatWasSilentForTooLongWritesItsLeaseAgain() {
    try (LeaseFile lease = lease()) {
      lease.moveTo(5);
      Instant muchLater = Instant.now().plus(GRACE).plus(GRACE);
      assertThat(LeaseFile.seen(store, muchLater, GRACE, true))
          .singleElement()
          .extracting(LeaseFile.Seen::stale)
          .isEqualTo(true);
      assertThat(LeaseFile.seen(store, Instant.now(), GRACE, false)).isEmpty();

      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (LeaseFile.seen(store, Instant.now(), GRACE, false).isEmpty()) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        LockSupport.parkNanos(STEP_NANOS);
        lease.beat();
      }
      assertThat(leased()).isEqualTo(5);
    }
  }

  @Test
  void aLeaseOnTheBlobsHoldsAsLongAsItsProcessLives() {
    Instant later = Instant.now().plus(Duration.ofDays(1));
    try (LeaseFile lease = LeaseFile.ofBlobs(store)) {
      assertThat(lease.isHeld()).isTrue();
      assertThat(LeaseFile.keepsBlobs(store, later, true)).isTrue();
      assertThat(lease.isLost()).isFalse();
    }
    assertThat(LeaseFile.keepsBlobs(store, later, true)).isFalse();
  }

  @Test
  void aLeaseOnTheBlobsOfTheDeadOrSilentIsDeletedAndItsOwnerFindsOut() throws IOException {
    Instant late = Instant.now().plus(Duration.ofMinutes(6));
    try (LeaseFile lease = LeaseFile.ofBlobs(store)) {
      Path file = onlyFile();
      String other = Files.readString(file).replace("host " + Host.name(), "host elsewhere");
      List<String> lines = other.lines().toList();
      Files.write(file, CheckedText.format(lines.get(0), lines.subList(1, lines.size() - 1)));

      assertThat(LeaseFile.keepsBlobs(store, Instant.now(), true)).isTrue();
      assertThat(LeaseFile.keepsBlobs(store, late, false)).as("too long silent").isFalse();
      assertThat(lease.isLost()).isFalse();
      assertThat(LeaseFile.keepsBlobs(store, late, true)).isFalse();
      assertThat(lease.isHeld()).isFalse();
      assertThat(lease.isLost()).isTrue();
    }
  }

  @Test
  void aLeaseOnTheBlobsKeepsNoSegment() {
    try (LeaseFile lease = LeaseFile.ofBlobs(store)) {
      try (LeaseFile reader = lease()) {
        reader.moveTo(4);
        assertThat(LeaseFile.seen(store, Instant.now(), GRACE, false))
            .extracting(LeaseFile.Seen::blobs)
            .containsExactlyInAnyOrder(true, false);
      }
      assertThat(LeaseFile.keepsBlobs(store, Instant.now(), true)).isTrue();
      assertThat(lease.isHeld()).isTrue();
    }
  }

  private Path onlyFile() throws IOException {
    try (var files = Files.newDirectoryStream(store.resolve(LeaseFile.DIRECTORY))) {
      return files.iterator().next();
    }
  }

  private Object fileKey() throws IOException {
    return Files.readAttributes(onlyFile(), java.nio.file.attribute.BasicFileAttributes.class)
        .fileKey();
  }
}
