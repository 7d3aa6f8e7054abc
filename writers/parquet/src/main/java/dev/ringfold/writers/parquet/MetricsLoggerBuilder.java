// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.Stream;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.event.RunStarted;
import dev.ringfold.event.StreamKey;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Says how to open a {@link MetricsLogger}. Used by one thread, for one logger. */
public final class MetricsLoggerBuilder {
  /** Most bytes of a run's id in UTF-8. */
  public static final int MAX_RUN_LENGTH = 200;

  /** How long {@link MetricsLogger#close} waits for a table that makes no progress. */
  public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(60);

  /** A row of all training metrics takes two slots of the ring. */
  private static final int SLOTS_PER_ROW = 2;

  private static final int MIN_SLOTS = 1_024;
  private static final int MAX_ROWS = 1 << 21;

  private final Path store;
  private final @Nullable EventLog openLog;
  private final @Nullable ProjectionRuntime openRuntime;
  private String run = MetricsLogger.DEFAULT_RUN;
  private boolean mustExist;
  private String configuration = "";
  private Path outputs;
  private @Nullable TableOptions tableOptions;
  private int ringSlots;
  private double budgetUsd = Double.NaN;
  private double budgetCredits = Double.NaN;
  private Consumer<CostTotals> onOverBudget = totals -> {};
  private Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;
  private Consumer<EventLogBuilder> logOptions = builder -> {};
  private final List<Function<EventLog, Projection>> projections = new ArrayList<>();

  MetricsLoggerBuilder(
      Path store, @Nullable EventLog openLog, @Nullable ProjectionRuntime openRuntime) {
    this.store = store;
    this.openLog = openLog;
    this.openRuntime = openRuntime;
    this.outputs = LoggerRuntime.defaultOutputs(store);
  }

  /**
   * The run to log to: a new one, or the next attempt of one that the store has.
   *
   * @param id 1 to {@link #MAX_RUN_LENGTH} bytes of UTF-8 without control characters
   * @throws IllegalArgumentException when it is something else
   */
  public MetricsLoggerBuilder run(String id) {
    int length = id.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MAX_RUN_LENGTH) {
      throw new IllegalArgumentException(
          "A run's id must be 1 to "
              + MAX_RUN_LENGTH
              + " bytes of UTF-8 but has "
              + length
              + ": '"
              + id.substring(0, Math.min(id.length(), MAX_RUN_LENGTH))
              + "'");
    }
    try {
      StreamKey.of(id);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("A run's id cannot be used: " + e.getMessage(), e);
    }
    run = id;
    mustExist = false;
    return this;
  }

  /**
   * The run to continue, as its next attempt; unlike with {@link #run} it is an error when the
   * store does not have it.
   */
  public MetricsLoggerBuilder resume(String id) {
    run(id);
    mustExist = true;
    return this;
  }

  /** What the run was started with, free text for people and reports, JSON by convention. */
  public MetricsLoggerBuilder configuration(String text) {
    configuration = text;
    return this;
  }

  /** What the run was started with, kept as JSON with sorted keys. */
  public MetricsLoggerBuilder configuration(Map<String, ?> values) {
    return configuration(RunConfiguration.json(values));
  }

  /**
   * How the table is written. What is set here or by {@link #flush} and {@link #compression} is the
   * whole configuration, over the defaults; when none of the three is called, the table stays as it
   * was configured before. A change is a fact in the journal.
   */
  public MetricsLoggerBuilder table(TableOptions options) {
    tableOptions = options;
    return this;
  }

  /** When rows become visible; 100 rows or 10 seconds by default. See {@link #table}. */
  public MetricsLoggerBuilder flush(FlushPolicy policy) {
    return table(tableOptionsOrDefaults().withFlush(policy));
  }

  /** How the table is compressed; zstd at level 1 by default. See {@link #table}. */
  public MetricsLoggerBuilder compression(Compression codec) {
    return table(tableOptionsOrDefaults().withCompression(codec));
  }

  private TableOptions tableOptionsOrDefaults() {
    return tableOptions == null ? TableOptions.defaults() : tableOptions;
  }

  /**
   * The directory with the tables, {@code outputs} in the store by default. It may be missing, its
   * parent may not. For a log that is open already this only says where {@link MetricsLogger#table}
   * is.
   */
  public MetricsLoggerBuilder outputs(Path directory) {
    outputs = directory.toAbsolutePath().normalize();
    return this;
  }

  /**
   * The ring has room for at least this many rows of training metrics, 1 to 2,097,152; without it
   * as {@link LogOption#RING_SLOTS} says. Has no meaning for a log that is open already.
   */
  public MetricsLoggerBuilder ringRows(int rows) {
    if (rows < 1 || rows > MAX_ROWS) {
      throw new IllegalArgumentException("rows must be 1 to " + MAX_ROWS + " but was " + rows);
    }
    ringSlots = Math.max(MIN_SLOTS, Integer.highestOneBit(rows * SLOTS_PER_ROW - 1) << 1);
    return this;
  }

  /**
   * Warns once when the run has cost more dollars than this, over all attempts. The training goes
   * on.
   */
  public MetricsLoggerBuilder budgetUsd(double usd) {
    budgetUsd = requireBudget(usd);
    return this;
  }

  /** As {@link #budgetUsd}, in credits. */
  public MetricsLoggerBuilder budgetCredits(double credits) {
    budgetCredits = requireBudget(credits);
    return this;
  }

  private static double requireBudget(double budget) {
    if (!(budget >= 0)) {
      throw new IllegalArgumentException("A budget must be 0 or more but was " + budget);
    }
    return budget;
  }

  /** Called once, by the thread that logs the row with which a budget is exceeded. */
  public MetricsLoggerBuilder onOverBudget(Consumer<CostTotals> action) {
    onOverBudget = action;
    return this;
  }

  /** How long {@link MetricsLogger#close} waits for a table that makes no progress. */
  public MetricsLoggerBuilder closeTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must not be negative but was " + timeout);
    }
    closeTimeout = timeout;
    return this;
  }

  /** Sets options of the log. Has no meaning for a log that is open already. */
  public MetricsLoggerBuilder log(Consumer<EventLogBuilder> options) {
    logOptions = logOptions.andThen(options);
    return this;
  }

  /**
   * Runs another projection beside the tables, over the log that the logger opens: a log has one
   * runtime. May be called again for more; on a log that is open already, add it to that log's
   * runtime instead.
   *
   * @param projection makes it when the log is open
   */
  public MetricsLoggerBuilder projection(Function<EventLog, Projection> projection) {
    if (openLog != null) {
      throw new IllegalStateException(
          "the log is open already: add the projection to its ProjectionRuntime");
    }
    projections.add(projection);
    return this;
  }

  /**
   * Opens the store, its tables and the run, and publishes that the attempt has begun.
   *
   * @throws RingfoldException when the store cannot be opened, or a run that is to be resumed is
   *     not there; the message says why
   */
  public MetricsLogger open() {
    if (openLog != null) {
      return openOn(openLog, false);
    }
    EventLogBuilder builder = EventLog.builder(store);
    if (ringSlots > 0) {
      builder.set(LogOption.RING_SLOTS, ringSlots);
    }
    logOptions.accept(builder);
    EventLog log = builder.build();
    try {
      return openOn(log, true);
    } catch (RuntimeException | Error e) {
      log.close();
      throw e;
    }
  }

  private MetricsLogger openOn(EventLog log, boolean ownsLog) {
    RunHistory history = RunHistory.read(log);
    if (mustExist && !history.isKnown(run)) {
      throw new RingfoldException(
          "The store at "
              + store
              + " has no run '"
              + run
              + "' to resume. Check the id, or use run(...), which begins a new one.");
    }
    CostMeter costs = new CostMeter(run, budgetUsd, budgetCredits, onOverBudget);
    Stream stream = log.stream(run);
    RunSession session = new RunSession(log, stream, history.nextAttempt(run), costs);
    Producer rows = session.producer(run);
    Producer facts = log.producer(run + "/facts");
    LoggerRuntime runtime = null;
    try {
      boolean configure = isToConfigure(history);
      runtime =
          ownsLog
              ? LoggerRuntime.start(log, outputs, projections)
              : LoggerRuntime.borrowed(outputs, openRuntime);
      if (configure) {
        configureTable(log, facts);
      }
      facts.appendAndAwait(
          stream, new RunStarted(session.attempt(), configuration), AckLevel.JOURNAL);
      costs.add(history.costUsd(run), history.creditsUsed(run));
      ThreadLogger main = new ThreadLogger(session, rows);
      RunKeeper keeper = RunKeeper.open(log, history);
      return new MetricsLogger(session, runtime, facts, keeper, main, ownsLog, closeTimeout);
    } catch (RuntimeException | Error e) {
      if (runtime != null) {
        runtime.close();
      }
      rows.close();
      facts.close();
      throw e;
    } finally {
      facts.handOver();
    }
  }

  /** Whether the table has to be told how it is written; asked before its worker begins. */
  private boolean isToConfigure(RunHistory history) {
    TableOptions wanted = tableOptions;
    if (wanted == null || wanted.canonical().equals(history.tableConfiguration())) {
      return false;
    }
    return history.tableConfiguration() != null || !isWrittenWith(wanted);
  }

  private void configureTable(EventLog log, Producer facts) {
    facts.appendAndAwait(
        log.stream(MetricTables.STREAM),
        new ProjectionConfigured(MetricTables.METRICS, tableOptionsOrDefaults().canonical()),
        AckLevel.JOURNAL);
  }

  /** The journal says nothing, or nothing any more: then the table itself does, or the defaults. */
  private boolean isWrittenWith(TableOptions wanted) {
    try {
      return MetricTables.configuration(outputs, wanted).isEmpty();
    } catch (IOException e) {
      throw new StoreAccessException(
          "The table in " + outputs + " cannot be read: " + e.getMessage() + ".", e);
    }
  }
}
