// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SegmentEntry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a log's {@link RetentionPolicy}: the thread {@code ringfold-retention}, which there is
 * only with a policy. Looks once a second whether a segment was sealed.
 */
final class RetentionWorker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionWorker.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long ROUND_NANOS = TimeUnit.HOURS.toNanos(1);

  /** Readers and holds that kept segments are asked again after this time. */
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(10);

  private final RetentionPolicy policy;
  private final Retention retention;
  private final Supplier<Manifest> manifest;
  private final Supplier<Tailer.Builder> tailer;
  private final Thread thread = new Thread(this, "ringfold-retention");
  private volatile boolean running = true;
  private long lastSealed = -1;
  private long nextRoundNanos;
  private String lastFailure = "";
  private @Nullable NewestCheckpoints checkpoints;

  RetentionWorker(
      RetentionPolicy policy,
      Retention retention,
      Supplier<Manifest> manifest,
      Supplier<Tailer.Builder> tailer) {
    this.policy = policy;
    this.retention = retention;
    this.manifest = manifest;
    this.tailer = tailer;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    nextRoundNanos = System.nanoTime();
    while (running) {
      long sealed = newestSealed();
      if (sealed != lastSealed || System.nanoTime() - nextRoundNanos >= 0) {
        lastSealed = sealed;
        round();
      }
      LockSupport.parkNanos(this, LOOK_NANOS);
    }
    NewestCheckpoints open = checkpoints;
    if (open != null) {
      open.close();
    }
  }

  private long newestSealed() {
    long newest = -1;
    for (SegmentEntry entry : manifest.get().segments()) {
      newest = entry.sealed() ? entry.number() : newest;
    }
    return newest;
  }

  private void round() {
    nextRoundNanos = System.nanoTime() + ROUND_NANOS;
    try {
      RetentionPlan plan = retention.plan(policy.rule(oldestCheckpointKept()));
      // What a failed round left is in no plan, but the next apply deletes it.
      if (plan.isEmpty() && plan.pendingBytes() == 0 && lastFailure.isEmpty()) {
        return;
      }
      RetentionReport report = retention.apply(plan);
      if (!report.segments().isEmpty()) {
        LOG.info(
            "Retention deleted {} segments, {} bytes; the log begins at {}",
            report.segments().size(),
            report.bytes(),
            report.floorSequence());
      }
      if (report.pendingBytes() > 0) {
        nextRoundNanos = System.nanoTime() + RETRY_NANOS;
      }
      lastFailure = "";
    } catch (LogClosedException closing) {
      running = false;
    } catch (RingfoldException e) {
      nextRoundNanos = System.nanoTime() + RETRY_NANOS;
      String failure = String.valueOf(e.getMessage());
      if (!failure.equals(lastFailure)) {
        lastFailure = failure;
        LOG.warn("Retention could not be applied; it will be tried again", e);
      }
    }
  }

  private long oldestCheckpointKept() {
    if (policy.checkpoints() == 0) {
      return 0;
    }
    NewestCheckpoints known = checkpoints;
    if (known == null) {
      known = new NewestCheckpoints(tailer.get());
      checkpoints = known;
    }
    return known.sequenceOf(policy.checkpoints());
  }

  /** Ends the thread; the log must still be open. False when it works on after ten seconds. */
  boolean stop() {
    running = false;
    LockSupport.unpark(thread);
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
