// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.MetricsView;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.event.RunStarted;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Snapshots;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the journal says about its runs before one of them is opened: how many attempts there were,
 * and what they have cost. Folded from the newest snapshot of the same, so that opening a run reads
 * what came since and not the whole journal; what no snapshot has, a {@link RunKeeper} keeps from
 * retention. One thread.
 *
 * <pre>
 * body of a snapshot
 * configuration  UTF     of the table of metrics, empty for none
 * runs           int     how many
 * run            UTF     its id, in order
 * newestAttempt  int
 * costUsd        double
 * creditsUsed    double
 * </pre>
 */
final class RunHistory {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsLogger.class);
  private static final String DIRECTORY = "snapshots";
  private static final String NAME = "runs";
  private static final int VERSION = 1;
  private static final int MAX_ATTEMPT = 0xFFFF;

  /** So many events are folded again at the next open rather than saved. */
  static final long SNAPSHOT_EVENTS = 50_000;

  private static final class Run {
    private int newestAttempt = -1;
    private double costUsd;
    private double creditsUsed;
  }

  private final EventLog log;
  private final Snapshots snapshots;
  private final Map<String, Run> runs = new TreeMap<>();
  private final MetricsView row = new MetricsView();
  private String tableConfiguration = "";
  private long folded;
  private boolean passed;
  private long foldedTo = -1;
  private long savedTo = -1;

  /* The layout met last, since most rows of a run have the same. */
  private int layoutId = -1;
  private int usdColumn = -1;
  private int creditsColumn = -1;

  private RunHistory(EventLog log) {
    this.log = log;
    this.snapshots = new Snapshots(log.directory().resolve(DIRECTORY).resolve(NAME), NAME, VERSION);
  }

  /** The history up to the journal's end now. */
  static RunHistory read(EventLog log) {
    RunHistory history = new RunHistory(log);
    long end = log.lastSequence();
    history.savedTo = history.restore(end);
    history.foldedTo = Math.max(log.floorSequence() - 1, history.savedTo);
    history.foldTo(end);
    if (history.folded >= SNAPSHOT_EVENTS) {
      history.saveUpTo(log.durableSequence());
    }
    return history;
  }

  /** Takes what came up to here and saves it, unless that is saved or more is taken already. */
  void saveUpTo(long end) {
    foldTo(end);
    if (foldedTo <= end && foldedTo > savedTo) {
      save();
    }
  }

  /** Last event of the newest snapshot, -1 for none. */
  long savedTo() {
    return savedTo;
  }

  private void foldTo(long end) {
    if (foldedTo < end) {
      fold(foldedTo + 1, end);
      foldedTo = end;
    }
  }

  /** Loads the newest snapshot that the journal continues; its sequence, or -1. */
  private long restore(long end) {
    try {
      for (Position position : snapshots.positions()) {
        if (isOurs(position, end)) {
          snapshots.read(position, this::load);
          return position.sequence();
        }
      }
    } catch (IOException e) {
      LOG.warn("The runs' history in {} cannot be used; the journal is read instead", NAME, e);
      runs.clear();
      tableConfiguration = "";
    }
    return -1;
  }

  /** Whether the journal has this frame; one that was retired was there for long. */
  private boolean isOurs(Position position, long end) {
    return position.sequence() <= end
        && (position.sequence() < log.floorSequence()
            || position.frameCrc() == frameCrc(position.sequence()));
  }

  private int frameCrc(long sequence) {
    int[] crc = {0};
    try (Tailer tailer = log.tailer().fromSequence(sequence).upTo(sequence).open()) {
      tailer.poll(event -> crc[0] = event.frameCrc(), 1);
    }
    return crc[0];
  }

  private void fold(long from, long end) {
    try (Tailer tailer =
        log.tailer()
            .types(
                BuiltinTypes.METRICS_LOGGED.id(),
                BuiltinTypes.RUN_STARTED.id(),
                BuiltinTypes.PROJECTION_CONFIGURED.id())
            .fromSequence(from)
            .upTo(end)
            .open()) {
      LogNames names = tailer.names();
      tailer.poll(
          event -> {
            takeOrPass(event, tailer, names);
            foldedTo = event.sequence(); // Whatever ends this, nothing is counted twice.
          },
          Integer.MAX_VALUE);
    }
  }

  /** An event that the table would put aside must not keep a run from being opened. */
  private void takeOrPass(EventView event, Tailer tailer, LogNames names) {
    try {
      take(event, tailer, names);
    } catch (RuntimeException e) {
      if (!passed) {
        LOG.warn("Event {} says nothing about a run, perhaps also later ones", event.sequence(), e);
      }
      passed = true;
    }
  }

  private void take(EventView event, Tailer tailer, LogNames names) {
    folded++;
    if (event.typeId() != BuiltinTypes.METRICS_LOGGED.id()) {
      takeFact(tailer.decode(event), event.stream().name());
      return;
    }
    row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
    Run run = run(event.stream().name());
    run.newestAttempt = Math.max(run.newestAttempt, row.attempt());
    if (row.kind() == MetricsLogged.Kind.STEP) {
      addCosts(run, names);
    }
  }

  private Run run(String name) {
    return runs.computeIfAbsent(name, absent -> new Run());
  }

  private void takeFact(Event fact, String stream) {
    if (fact instanceof RunStarted started) {
      Run run = run(stream);
      run.newestAttempt = Math.max(run.newestAttempt, started.attempt());
    } else if (fact instanceof ProjectionConfigured configured
        && configured.projection().equals(MetricTables.METRICS)) {
      tableConfiguration = configured.configuration();
    }
  }

  private void addCosts(Run run, LogNames names) {
    if (row.layoutId() != layoutId) {
      MetricLayout layout = names.layout(row.layoutId());
      usdColumn = CostColumns.doubleColumn(layout, CostColumns.COST_USD);
      creditsColumn = CostColumns.doubleColumn(layout, CostColumns.CREDITS_USED);
      layoutId = row.layoutId();
    }
    run.costUsd += finite(usdColumn);
    run.creditsUsed += finite(creditsColumn);
  }

  private double finite(int column) {
    if (column < 0 || !row.present(column)) {
      return 0;
    }
    double value = row.doubleAt(column);
    return Double.isFinite(value) ? value : 0;
  }

  private void save() {
    try {
      StoreSecurity.ensureDirectory(log.directory().resolve(DIRECTORY));
      snapshots.write(new Position(foldedTo, frameCrc(foldedTo)), this::store);
      savedTo = foldedTo;
    } catch (IOException | RingfoldException e) {
      LOG.warn("The runs' history could not be saved; it is tried again", e);
    }
  }

  private void store(DataOutput out) throws IOException {
    out.writeUTF(tableConfiguration);
    out.writeInt(runs.size());
    for (Map.Entry<String, Run> entry : runs.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().newestAttempt);
      out.writeDouble(entry.getValue().costUsd);
      out.writeDouble(entry.getValue().creditsUsed);
    }
  }

  private void load(DataInput in) throws IOException {
    tableConfiguration = in.readUTF();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      Run run = run(in.readUTF());
      run.newestAttempt = in.readInt();
      run.costUsd = in.readDouble();
      run.creditsUsed = in.readDouble();
    }
  }

  /** Events that were read, not taken from a snapshot. */
  long folded() {
    return folded;
  }

  /** Whether the journal has anything of the run. */
  boolean isKnown(String run) {
    return runs.containsKey(run);
  }

  /** Number of the next attempt, 0 for a new run. */
  int nextAttempt(String run) {
    Run known = runs.get(run);
    if (known != null && known.newestAttempt == MAX_ATTEMPT) {
      throw new IllegalStateException(
          "Run '" + run + "' has had " + (MAX_ATTEMPT + 1) + " attempts; begin a new run.");
    }
    return known == null ? 0 : known.newestAttempt + 1;
  }

  double costUsd(String run) {
    Run known = runs.get(run);
    return known == null ? 0 : known.costUsd;
  }

  double creditsUsed(String run) {
    Run known = runs.get(run);
    return known == null ? 0 : known.creditsUsed;
  }

  /** How the journal configured the table of metrics last, null when it never did. */
  @Nullable String tableConfiguration() {
    return tableConfiguration.isEmpty() ? null : tableConfiguration;
  }
}
