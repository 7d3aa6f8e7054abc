// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.StoreLock;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionControl;
import dev.ringfold.projections.ProjectionFailedException;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.ProjectionState;
import dev.ringfold.projections.ProjectionStatus;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables behind a logger: starts them, asks how far they are, ends them. Without a runtime the
 * rows only go to the journal. Thread-safe.
 */
final class LoggerRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsLogger.class);

  private static final String SNAPSHOTS = "snapshots";

  /** How long one look at a table's progress takes. */
  private static final Duration STEP = Duration.ofMillis(250);

  private static final LoggerStats.Table NO_TABLE =
      new LoggerStats.Table("none", 0, 0, 0, 0, 0, "");

  private final Path outputs;
  private final TableRows rows;
  private final @Nullable ProjectionRuntime runtime;
  private final boolean owned;

  private LoggerRuntime(Path outputs, @Nullable ProjectionRuntime runtime, boolean owned) {
    this.outputs = outputs;
    this.rows = new TableRows(MetricTables.metricsTable(outputs));
    this.runtime = runtime;
    this.owned = owned;
  }

  /** Where a store's tables are unless somebody says otherwise. */
  static Path defaultOutputs(Path store) {
    return store.toAbsolutePath().normalize().resolve("outputs");
  }

  /**
   * Starts the two tables of a logger, and what shall run beside them.
   *
   * @throws StoreAccessException when they cannot be where they should
   */
  static LoggerRuntime start(
      EventLog log, Path outputs, List<Function<EventLog, Projection>> others) {
    requireUsable(outputs);
    ProjectionRuntime.Builder builder =
        ProjectionRuntime.builder(log)
            .outputs(outputs)
            .add(MetricTables::metrics)
            .add(MetricTables::ledger);
    others.forEach(other -> builder.add(other.apply(log)));
    return new LoggerRuntime(outputs, builder.start(), true);
  }

  /** For a log whose tables somebody else looks after, or nobody. */
  static LoggerRuntime borrowed(Path outputs, @Nullable ProjectionRuntime runtime) {
    boolean hasTable =
        runtime != null
            && runtime.status().stream()
                .anyMatch(status -> status.name().equals(MetricTables.METRICS));
    return new LoggerRuntime(outputs, hasTable ? runtime : null, false);
  }

  private static void requireUsable(Path outputs) {
    Path table = MetricTables.metricsTable(outputs);
    if (Files.exists(outputs) && !Files.isDirectory(outputs)) {
      throw unusable(outputs, "is a file, and has to be a directory");
    }
    if (Files.isDirectory(outputs) && !Files.isWritable(outputs)) {
      throw unusable(outputs, "cannot be written: check its permissions and its file system");
    }
    if (Files.exists(table, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(table)) {
      throw unusable(
          table,
          "is a " + (Files.isDirectory(table) ? "directory" : "file") + " of something else");
    }
  }

  private static StoreAccessException unusable(Path path, String problem) {
    return new StoreAccessException(
        "The metrics cannot become a table: "
            + path
            + " "
            + problem
            + ". Move it away, or choose other outputs.");
  }

  /** The path for readers. */
  Path tablePath() {
    return MetricTables.metricsTable(outputs);
  }

  /** Waits until the table has taken the events up to this one; false when it has not in time. */
  boolean awaitApplied(long sequence, Duration timeout) {
    if (runtime == null) {
      return true;
    }
    try {
      return runtime.awaitApplied(MetricTables.METRICS, sequence, timeout);
    } catch (ProjectionFailedException e) {
      return false;
    }
  }

  /**
   * Waits until the table has taken and sealed the events up to this one, as long as it makes
   * progress.
   *
   * @param patience how long it may make none
   * @throws TableBehindException when it does not come there
   */
  void awaitSealed(long sequence, Duration patience, Path store) {
    if (runtime == null) {
      return;
    }
    if (!awaitProgress(runtime, MetricTables.METRICS, sequence, patience)) {
      throw behind(runtime.status(MetricTables.METRICS), sequence, store);
    }
    ProjectionStatus status = runtime.status(MetricTables.METRICS);
    if (status.deadLetters() > 0) {
      LOG.warn(
          "The table {} has put {} events aside; `ringfold dlq list` shows them",
          tablePath(),
          status.deadLetters());
    }
    if (owned && !awaitProgress(runtime, MetricTables.LEDGER, sequence, patience)) {
      LOG.warn("The ledger's table is behind: {}", runtime.status(MetricTables.LEDGER));
    }
  }

  private static boolean awaitProgress(
      ProjectionRuntime runtime, String name, long sequence, Duration patience) {
    long applied = Long.MIN_VALUE;
    long since = System.nanoTime();
    while (true) {
      try {
        if (runtime.awaitApplied(name, sequence, STEP)) {
          return true;
        }
      } catch (ProjectionFailedException e) {
        return false;
      }
      ProjectionStatus status = runtime.status(name);
      if (status.state() == ProjectionState.PAUSED || Thread.currentThread().isInterrupted()) {
        return false;
      }
      if (status.appliedSequence() != applied) {
        applied = status.appliedSequence();
        since = System.nanoTime();
      } else if (System.nanoTime() - since >= patience.toNanos()) {
        return false;
      }
    }
  }

  private TableBehindException behind(ProjectionStatus status, long sequence, Path store) {
    return new TableBehindException(
        "The table "
            + tablePath()
            + " has taken events up to "
            + status.appliedSequence()
            + " of "
            + sequence
            + " and is "
            + status.state().name().toLowerCase(Locale.ROOT)
            + (status.failure().isEmpty() ? "" : " (" + status.failure() + ")")
            + ". Nothing is lost: the journal in "
            + store
            + " has every row, and the table goes on when the store is opened again.");
  }

  /** Where the table is. */
  LoggerStats.Table table() {
    if (runtime == null) {
      return NO_TABLE;
    }
    ProjectionStatus status = runtime.status(MetricTables.METRICS);
    TableRows.Count count = rows.count();
    return new LoggerStats.Table(
        status.state().name().toLowerCase(Locale.ROOT),
        count.visible(),
        count.sealed(),
        status.lagEvents(),
        status.lagSeconds(),
        status.deadLetters(),
        status.failure());
  }

  /** Ends the workers, if they are ours. Before the log is closed. */
  void close() {
    if (owned && runtime != null) {
      runtime.close();
    }
  }

  /**
   * After the log was closed in order: gives the tables the log's last words, which are the
   * ledger's closing marks. If somebody has opened the store meanwhile, or rebuilds its outputs,
   * they do it; a table that is paused stays as it is.
   */
  void settle(Path store) {
    if (!owned) {
      return;
    }
    try (StoreLock lock = StoreLock.acquire(store, Duration.ZERO);
        Closeable place = OutputRebuild.alone(store);
        EventLogReader log = EventLog.openReadOnly(store)) {
      LOG.debug("Settling the tables of {} under {} and {}", store, lock, place);
      Path snapshots = store.resolve(SNAPSHOTS);
      for (Projection projection :
          new Projection[] {MetricTables.ledger(), MetricTables.metrics()}) {
        if (!ProjectionControl.isPaused(store, projection.name())) {
          ProjectionRunner.fold(log, projection, outputs, snapshots, Long.MAX_VALUE);
        }
      }
    } catch (IOException | RingfoldException e) {
      LOG.warn("The tables in {} take the end of the log when it is opened again", outputs, e);
    }
  }
}
