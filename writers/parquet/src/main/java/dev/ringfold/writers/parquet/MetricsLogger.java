// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.AckLevel;
import dev.ringfold.CloseReport;
import dev.ringfold.EventLog;
import dev.ringfold.LogStats;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RunClosed;
import dev.ringfold.projections.ProjectionRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the metrics of a training run. The loop never waits; seconds later the same numbers are rows
 * of a directory that DuckDB, pandas and Spark read, {@code outputs/metrics.parquet} in the store.
 *
 * <pre>{@code
 * import dev.ringfold.writers.parquet.MetricsLogger;
 *
 * public class FirstRun {
 *   public static void main(String[] args) {
 *     try (var logger = MetricsLogger.open(java.nio.file.Path.of("runs"))) {
 *       for (int step = 0; step < 1_000; step++)
 *         logger.step(0, step).trainLoss(1.0 / (step + 1)).gradNorm(0.1).log();
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p><b>Runs and attempts.</b> A store holds any number of runs. Opening a run that the store has
 * already continues it as its next attempt: what is logged again is kept beside what was logged
 * before, and the table's {@code latest} view has the newest.
 *
 * <p><b>Delivery.</b> A row that finds no room is dropped, counted in {@link #stats} and declared
 * in the journal; {@code log} says so by returning false. A row that was taken is in the journal
 * within moments and survives {@code kill -9} from then on. A slow or failed table loses nothing:
 * it is behind, and goes on from the journal when it can, also after a restart.
 *
 * <p><b>Threads.</b> {@code step}, {@code epoch}, {@code row}, {@code logStep} and {@code logEpoch}
 * belong to the thread that calls one of them first; {@link #forThread} gives another thread a
 * handle of its own. Everything else may be called from any thread.
 */
public final class MetricsLogger implements AutoCloseable {
  /** The run when none is named. */
  public static final String DEFAULT_RUN = "run-1";

  /** The step of an epoch's summary. */
  public static final long EPOCH_STEP = -1;

  private static final Logger LOG = LoggerFactory.getLogger(MetricsLogger.class);
  private static final Duration LOG_TIMEOUT = Duration.ofSeconds(30);

  private final RunSession session;
  private final LoggerRuntime runtime;
  private final Producer facts;
  private final RunKeeper keeper;
  private final ThreadLogger main;
  private final boolean ownsLog;
  private final Duration closeTimeout;
  private boolean closed;

  MetricsLogger(
      RunSession session,
      LoggerRuntime runtime,
      Producer facts,
      RunKeeper keeper,
      ThreadLogger main,
      boolean ownsLog,
      Duration closeTimeout) {
    this.session = session;
    this.runtime = runtime;
    this.facts = facts;
    this.keeper = keeper;
    this.main = main;
    this.ownsLog = ownsLog;
    this.closeTimeout = closeTimeout;
  }

  /**
   * Opens the run {@link #DEFAULT_RUN} of a store, creating the store if there is none and
   * continuing the run if the store has it already.
   *
   * @throws RingfoldException when the store cannot be opened; the message says why
   */
  public static MetricsLogger open(Path store) {
    return builder(store).open();
  }

  /** Says how to open a logger. */
  public static MetricsLoggerBuilder builder(Path store) {
    return new MetricsLoggerBuilder(store, null, null);
  }

  /**
   * Says how to log to a log that is open already; closing the logger then leaves both open.
   *
   * @param runtime with a {@code MetricsProjection} among its projections; without one, rows go to
   *     the journal and become a table when somebody folds it
   */
  public static MetricsLoggerBuilder on(EventLog log, ProjectionRuntime runtime) {
    return new MetricsLoggerBuilder(log.directory(), log, runtime);
  }

  /** As the other one, for a log without tables: rows go to the journal only. */
  public static MetricsLoggerBuilder on(EventLog log) {
    return new MetricsLoggerBuilder(log.directory(), log, null);
  }

  /**
   * Begins the row of a training step; {@link TrainingRow#log} ends it. Allocates nothing.
   *
   * @param epoch number of the epoch
   * @param step number of the step in the run
   */
  public TrainingRow step(int epoch, long step) {
    return main.step(epoch, step);
  }

  /**
   * Begins the row of a step that was at a time of its own.
   *
   * @param eventTimeNanos nanoseconds since 1970
   */
  public TrainingRow step(int epoch, long step, long eventTimeNanos) {
    return main.step(epoch, step, eventTimeNanos);
  }

  /** Begins the summary of an epoch: its kind is {@code epoch}, its step {@link #EPOCH_STEP}. */
  public TrainingRow epoch(int epoch) {
    return main.epoch(epoch);
  }

  /**
   * A reusable row of your own columns; logging it allocates nothing. Add the columns of {@link
   * MetricLayout#training()} by their names to have both.
   *
   * @throws IllegalArgumentException when a column is called like one that every row has, or there
   *     are too many columns or layouts
   */
  public LayoutRow row(MetricLayout layout) {
    return main.row(layout);
  }

  /**
   * Logs a step's metrics by name; never waits.
   *
   * <p>A number becomes a DOUBLE, also a whole one, so that a column keeps its type for ever; only
   * the training metrics that are declared as whole numbers ({@code circuits_executed}, {@code
   * qubits_used}, {@code shots_per_circuit}) stay whole. A boolean stays one; strings, characters
   * and enum constants become STRING. Null is absent. A new name becomes a new column.
   *
   * @return false when the row was dropped and counted, and after {@link #close}
   * @throws IllegalArgumentException when a value is an array, a collection or another object, a
   *     name is one of the columns that every row has, or there are too many names; nothing is
   *     logged then
   */
  public boolean logStep(int epoch, long step, Map<String, ?> metrics) {
    return main.logStep(epoch, step, metrics);
  }

  /**
   * Logs the summary of an epoch. A key k becomes {@code train_k} or {@code val_k}; one that is a
   * column of {@link MetricLayout#training()} keeps its name, and if both maps have it, the second
   * one's becomes {@code val_k}.
   *
   * @return false when the row was dropped and counted, and after {@link #close}
   * @throws IllegalArgumentException as {@link #logStep} says, and when two keys become one column
   */
  public boolean logEpoch(int epoch, Map<String, ?> train, Map<String, ?> val) {
    return main.logEpoch(epoch, train, val);
  }

  /**
   * A handle with which another thread logs to the same run and attempt.
   *
   * @param name tells the threads apart in the ledger
   * @throws RingfoldException when a handle of this name is open
   */
  public ThreadLogger forThread(String name) {
    session.requireOpen();
    return new ThreadLogger(session, session.producer(session.run() + "/" + name));
  }

  /** Gives the logger's own handle up to the next thread that logs. */
  public void handOver() {
    main.handOver();
  }

  /** The run's id. */
  public String run() {
    return session.run();
  }

  /** Which try of the run this is: 0 for the first, one more whenever it is continued. */
  public int attempt() {
    return session.attempt();
  }

  /** The store's directory. */
  public Path store() {
    return session.log().directory();
  }

  /** The table: the path to give to DuckDB, pandas or Spark. */
  public Path table() {
    return runtime.tablePath();
  }

  /** The log behind it, for events of your own. */
  public EventLog log() {
    return session.log();
  }

  /** Counters, the table's state and the costs at this moment. */
  public LoggerStats stats() {
    LogStats log = session.log().stats();
    long dropped = session.dropped();
    long offered = Math.max(dropped, session.offered());
    return new LoggerStats(
        session.run(),
        session.attempt(),
        offered,
        dropped,
        offered == 0 ? 0.0 : (double) dropped / offered,
        Math.min(1.0, (double) log.ringBacklog() / log.ringSlots()),
        log.health().toString(),
        runtime.table(),
        session.costs().totals());
  }

  /**
   * Waits until the table has taken every row that was logged before this call. They are visible to
   * readers with its next flush.
   *
   * @return false when the timeout passed first, or the table has failed or is paused
   */
  public boolean awaitTable(Duration timeout) {
    return runtime.awaitApplied(fence(timeout), timeout);
  }

  /** Sequence at or above that of every row logged before. */
  private long fence(Duration timeout) {
    EventLog log = session.log();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (log.stats().ringBacklog() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    return log.lastSequence();
  }

  /**
   * Ends the attempt: what was logged is stored, the table takes all of it and seals it. Threads
   * should have stopped logging; rows that come later are refused. Doing so twice is harmless.
   *
   * @throws TableBehindException when the table did not take everything; the journal has it, and
   *     the table goes on when the store is opened again
   * @throws RingfoldException when the journal could not store what was logged
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    session.end();
    // An interrupted thread cannot wait, and closes the files it touches.
    boolean interrupted = Thread.interrupted();
    RingfoldException failure = null;
    try {
      finish();
    } catch (RingfoldException e) {
      failure = e;
    } finally {
      failure = closeAll(failure);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void finish() {
    long end =
        facts
            .appendAndAwait(session.stream(), new RunClosed(session.attempt()), AckLevel.JOURNAL)
            .lastSequence();
    warnOfDrops();
    runtime.awaitSealed(end, closeTimeout, store());
  }

  private void warnOfDrops() {
    long dropped = session.dropped();
    if (dropped > 0) {
      LOG.warn(
          "Run '{}' attempt {}: {} of {} rows found no room and were dropped; the journal says so"
              + " too. With ringRows({}) or more there is room for twice as many at once",
          run(),
          attempt(),
          dropped,
          session.offered(),
          session.log().stats().ringSlots());
    }
  }

  private @Nullable RingfoldException closeAll(@Nullable RingfoldException failure) {
    session.closeProducers();
    facts.close();
    keeper.release();
    if (!ownsLog) {
      return failure;
    }
    runtime.close();
    CloseReport report = session.log().close(LOG_TIMEOUT);
    if (report.clean() && failure == null) {
      runtime.settle(store());
    }
    if (report.clean() || failure != null) {
      return failure;
    }
    return new RingfoldException(
        "The log at "
            + store()
            + " could not be closed in order: "
            + report.undrained()
            + " records were not written, events up to "
            + report.durableSequence()
            + " of "
            + report.lastSequence()
            + " are on disk. "
            + report.detail());
  }
}
