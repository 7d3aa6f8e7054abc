// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import dev.ringfold.LogClosedException;
import dev.ringfold.LogFailedException;
import dev.ringfold.RingfoldException;
import dev.ringfold.compat.AsyncBuffer;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.MetricsLogger;
import dev.ringfold.writers.parquet.ThreadLogger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves items from an {@link AsyncBuffer} into a Parquet table, in a daemon thread.
 *
 * <pre>{@code
 * AsyncBuffer<Map<String, ?>> buffer = new AsyncBuffer<>(10_000, "metrics");
 * AsyncMetricsWriter writer = new AsyncMetricsWriter(buffer, Path.of("metrics.parquet"), 100, 10.0);
 * writer.start();
 * buffer.push(Map.of("epoch", 0, "step", 1, "train_loss", 0.5));
 * writer.stop();                                        // everything is in the table
 * }</pre>
 *
 * <p>An item's {@code epoch}, {@code step} and {@code timestamp} (seconds since 1970) say where the
 * row belongs; without them it is epoch 0, the number of the item, and now. All other keys are
 * metrics, as {@link MetricsLogger#logStep} takes them. An item that cannot be a row is counted and
 * left out.
 *
 * <p>Every row goes through a journal in {@code <outputPath>.ringfold/}; the output path is a link
 * to the table. What the buffer holds is lost with the process; what the writer has taken out of it
 * is not lost once it is in the journal, and is in the table once. Starting again, also in another
 * process, adds rows behind those that are there. Start and stop from any thread.
 */
public final class AsyncMetricsWriter implements AutoCloseable {
  /** Rows after which the table is flushed, without an argument. */
  public static final int DEFAULT_FLUSH_INTERVAL = 100;

  /** Seconds after which the table is flushed, without an argument. */
  public static final double DEFAULT_FLUSH_SECONDS = 10.0;

  /** The table, without an argument. */
  public static final Path DEFAULT_OUTPUT_PATH = Path.of("metrics.parquet");

  private static final Logger LOG = LoggerFactory.getLogger(AsyncMetricsWriter.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final long RETRY_PARK_NANOS = 10_000_000L;
  private static final double NANOS_PER_SECOND = 1e9;

  /** How long {@link #stop} waits for a journal that has no room. */
  private static final long STOP_PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

  private final AsyncBuffer<? extends Map<String, ?>> buffer;
  private final TableOutput output;
  private final FlushPolicy flush;
  private volatile @Nullable MetricsLogger logger;
  private volatile @Nullable Thread thread;
  private volatile boolean stopping;
  private volatile boolean drained;
  private volatile long stopDeadlineNanos;
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong unstored = new AtomicLong();
  private volatile String problem = "";
  private volatile @Nullable RingfoldException failure;

  /** A writer to {@link #DEFAULT_OUTPUT_PATH} in the working directory, with all defaults. */
  public AsyncMetricsWriter(AsyncBuffer<? extends Map<String, ?>> buffer) {
    this(buffer, DEFAULT_OUTPUT_PATH);
  }

  /** A writer that flushes every 100 items or 10 seconds. */
  public AsyncMetricsWriter(AsyncBuffer<? extends Map<String, ?>> buffer, Path outputPath) {
    this(buffer, outputPath, DEFAULT_FLUSH_INTERVAL);
  }

  /** A writer that flushes every so many items or 10 seconds. */
  public AsyncMetricsWriter(
      AsyncBuffer<? extends Map<String, ?>> buffer, Path outputPath, int flushInterval) {
    this(buffer, outputPath, flushInterval, DEFAULT_FLUSH_SECONDS);
  }

  /**
   * Creates a writer; it does nothing before {@link #start}.
   *
   * @param buffer from which it takes items
   * @param outputPath the table, gzip compressed; a directory for the readers
   * @param flushInterval rows that ask for a flush, from 1
   * @param flushSeconds seconds after which rows are flushed, 0.1 to 3,600
   * @throws IllegalArgumentException when a value is out of range
   */
  public AsyncMetricsWriter(
      AsyncBuffer<? extends Map<String, ?>> buffer,
      Path outputPath,
      int flushInterval,
      double flushSeconds) {
    this.buffer = buffer;
    this.output = new TableOutput(outputPath);
    this.flush = new FlushPolicy(flushInterval, (long) (flushSeconds * NANOS_PER_SECOND));
  }

  /**
   * Opens the log and begins to take items.
   *
   * @throws IllegalStateException when it is running, or the buffer has another consumer
   * @throws RingfoldException when the log cannot be opened; the message says why
   */
  public synchronized void start() {
    if (thread != null) {
      throw new IllegalStateException("The writer to " + output.path() + " is running already.");
    }
    stopping = false;
    drained = false;
    written.set(0);
    refused.set(0);
    unstored.set(0);
    problem = "";
    failure = null;
    Source source = attach(buffer);
    try {
      MetricsLogger opened = output.open(flush, 0);
      logger = opened;
      Thread started = new Thread(() -> run(source, opened), "ringfold-metrics-writer");
      started.setDaemon(true);
      thread = started;
      started.start();
    } catch (RuntimeException | Error e) {
      source.detach();
      throw e;
    }
  }

  /** The buffer's only consumer; hides what kind of maps its items are. */
  private interface Source {
    @Nullable Map<String, ?> poll(Duration timeout) throws InterruptedException;

    void detach();
  }

  private static <T extends Map<String, ?>> Source attach(AsyncBuffer<T> buffer) {
    AsyncBuffer<T>.Attachment attachment = buffer.attach("AsyncMetricsWriter");
    return new Source() {
      @Override
      public @Nullable Map<String, ?> poll(Duration timeout) throws InterruptedException {
        return attachment.poll(timeout).orElse(null);
      }

      @Override
      public void detach() {
        attachment.detach();
      }
    };
  }

  private void run(Source source, MetricsLogger opened) {
    try (ThreadLogger rows = opened.forThread("writer")) {
      while (failure == null) {
        boolean last = stopping;
        Map<String, ?> item = source.poll(last ? Duration.ZERO : POLL);
        if (item != null) {
          store(item, rows);
        } else if (last) {
          drained = true;
          return;
        }
      }
    } catch (InterruptedException e) {
      failed(new RingfoldException("The writer to " + output.path() + " was interrupted.", e));
    } catch (RuntimeException | Error e) {
      failed(new RingfoldException("The writer to " + output.path() + " has failed: " + e, e));
    } finally {
      source.detach();
    }
  }

  /** Stores one item, waiting for room as long as nobody stops the writer. */
  private void store(Map<String, ?> item, ThreadLogger rows) {
    while (true) {
      try {
        MetricsItem.append(item, written.get(), rows).join();
        written.getAndIncrement();
        return;
      } catch (IllegalArgumentException e) {
        refuse(e);
        return;
      } catch (LogFailedException | LogClosedException e) {
        unstored.getAndIncrement();
        failed(e);
        return;
      } catch (RingfoldException | CompletionException e) {
        problem = String.valueOf(e.getMessage());
        if (stopping && System.nanoTime() - stopDeadlineNanos > 0) {
          unstored.getAndIncrement();
          failed(new RingfoldException("An item could not be stored: " + problem, e));
          return;
        }
        LockSupport.parkNanos(this, RETRY_PARK_NANOS);
      } catch (RuntimeException | Error e) {
        unstored.getAndIncrement();
        throw e;
      }
    }
  }

  private void refuse(RuntimeException cause) {
    long count = refused.incrementAndGet();
    problem = String.valueOf(cause.getMessage());
    if (Long.bitCount(count) == 1) {
      LOG.warn("{} items for {} could not be rows; the newest: {}", count, output.path(), problem);
    }
  }

  private void failed(RingfoldException cause) {
    problem = String.valueOf(cause.getMessage());
    failure = cause;
    LOG.error("The writer to {} has stopped taking items", output.path(), cause);
  }

  /**
   * Takes what the buffer still holds, writes and seals the table, and closes the log. Does nothing
   * when the writer does not run.
   *
   * @throws RingfoldException when something could not be stored; the message says what
   */
  public synchronized void stop() {
    Thread running = thread;
    MetricsLogger opened = logger;
    if (running == null || opened == null) {
      return;
    }
    stopDeadlineNanos = System.nanoTime() + STOP_PATIENCE_NANOS;
    stopping = true;
    boolean interrupted = false;
    while (running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    thread = null;
    try {
      opened.close();
    } finally {
      logger = null;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    RingfoldException cause = failure;
    if (cause == null && !drained) {
      cause = new RingfoldException("The writer's thread died before it could say why.");
    }
    if (cause != null) {
      throw new RingfoldException(
          unstored.get()
              + " items were taken from buffer '"
              + buffer.name()
              + "' and not stored, and "
              + buffer.size()
              + " are still in it: "
              + cause.getMessage(),
          cause);
    }
  }

  /** The same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  /** Whether it was started and not stopped. */
  public boolean isRunning() {
    return thread != null;
  }

  /** Counts of the buffer and of the writer. */
  public AsyncMetricsWriterStats stats() {
    MetricsLogger opened = logger;
    String state = failure != null ? "failed" : opened == null ? "stopped" : "running";
    return new AsyncMetricsWriterStats(
        buffer.stats(),
        written.get(),
        refused.get(),
        opened == null ? 0 : opened.stats().table().lagEvents(),
        state,
        problem);
  }

  /** The table: a link to a directory, for readers. */
  public Path outputPath() {
    return output.path();
  }

  /** The store with the journal. */
  public Path storePath() {
    return output.store();
  }
}
