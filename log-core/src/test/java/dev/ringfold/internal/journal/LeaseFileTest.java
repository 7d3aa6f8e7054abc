// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

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

  private Object fileKey() throws IOException {
    try (var files = Files.newDirectoryStream(store.resolve(LeaseFile.DIRECTORY))) {
      return Files.readAttributes(
              files.iterator().next(), java.nio.file.attribute.BasicFileAttributes.class)
          .fileKey();
    }
  }
}
