// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import java.io.IOException;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output that a worker makes again in its own thread, before it opens its projection: when
 * somebody wants that, or when what is there is of another version. Readers have the old output
 * until the new one takes its place; it gets nothing new meanwhile. Used by the worker's thread,
 * except {@link #halt}.
 */
final class WorkerBuild {
  private static final long SWEEP_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Logger LOG = LoggerFactory.getLogger(WorkerBuild.class);

  private final EventLog log;
  private final Projection projection;
  private final WorkerContext context;
  private final RetentionHold hold;
  private final Surroundings worker;
  private volatile @Nullable BesideBuild building;
  private @Nullable CompletableFuture<Void> wanted;
  private long sweptNanos = System.nanoTime();

  /**
   * Nothing to build yet.
   *
   * @param worker decides about events that are refused
   */
  WorkerBuild(
      EventLog log,
      Projection projection,
      WorkerContext context,
      RetentionHold hold,
      Surroundings worker) {
    this.log = log;
    this.projection = projection;
    this.context = context;
    this.hold = hold;
    this.worker = worker;
  }

  /** Order: make the output again. */
  void want(CompletableFuture<Void> done) {
    if (wanted != null) {
      throw new ProjectionFailedException(
          "Projection " + projection.name() + " is being rebuilt already");
    }
    wanted = done;
  }

  /** Makes the thread that builds leave. Any thread. */
  void halt() {
    BesideBuild current = building;
    if (current != null) {
      current.halt();
    }
  }

  /** Whoever wants it does not get it any more. */
  void close() {
    CompletableFuture<Void> unfinished = wanted;
    if (unfinished != null) {
      unfinished.completeExceptionally(
          new ProjectionFailedException("Projection " + projection.name() + " is closed"));
    }
  }

  /**
   * Builds when it is due.
   *
   * @param stopping whether there is something else to do before
   * @throws DriveStopped when it was halted
   */
  void makeIfDue(BooleanSupplier stopping) throws IOException {
    CompletableFuture<Void> done = wanted;
    context.prepare(projection);
    OptionalInt version = projection.outputVersion(context);
    if (done == null && (version.isEmpty() || version.getAsInt() == projection.version())) {
      return;
    }
    LOG.info("Projection {}: its output, of version {}, is made again", projection.name(), version);
    try {
      build(stopping);
    } catch (DriveStopped stopped) {
      throw stopped;
    } catch (IOException | RuntimeException e) {
      if (done == null) {
        throw e;
      }
      wanted = null; // The output in use stays, and so does the projection.
      done.completeExceptionally(e instanceof OutputFailure failure ? failure.failure() : e);
      return;
    }
    if (done != null) {
      wanted = null;
      done.complete(null);
    }
  }

  private void build(BooleanSupplier stopping) throws IOException {
    try (BesideBuild build =
        new BesideBuild(projection, Journal.of(log), new Uncounted(), context)) {
      building = build;
      if (stopping.getAsBoolean()) {
        build.halt(); // Whoever came before could not.
      }
      build.open();
      hold.need(build.applied() + 1);
      hold.move();
      while (build.fold(Long.MAX_VALUE)) {
        hold.moveIfDue(System.nanoTime());
      }
      Position committed = null;
      while (committed == null) {
        committed = build.finish(log.lastSequence());
      }
      build.promote(null);
    } finally {
      building = null;
    }
  }

  /** Generations that were replaced go when nobody can be reading them any more. */
  void sweepIfDue(long nowNanos) {
    if (nowNanos - sweptNanos < SWEEP_NANOS) {
      return;
    }
    sweptNanos = nowNanos;
    Instant now = log.logTime();
    try {
      context.sweep(projection, now);
    } catch (IOException e) {
      throw new OutputFailure(e);
    }
  }

  /** As for the output in use; what is counted of that is not counted again. */
  private final class Uncounted implements Surroundings {
    @Override
    public void awaitPermanent(long sequence) {
      worker.awaitPermanent(sequence);
    }

    @Override
    public boolean retry(EventView event, int attempt, Exception cause) {
      return worker.retry(event, attempt, cause);
    }

    @Override
    public void giveUp(long sequence, long consuming, int attempts, Exception cause) {
      worker.giveUp(sequence, consuming, attempts, cause);
    }

    @Override
    public void committed(Position position) {
      hold.need(position.sequence() + 1);
    }
  }
}
