// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.event.EventType;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRun;
import dev.ringfold.projections.StateProjection;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.at.Fingerprints;
import dev.ringfold.replay.at.PastProjection;
import dev.ringfold.replay.at.ScratchDirectory;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.EventScan;
import dev.ringfold.writers.checkpoint.quantum.QuantumStates;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.StoredStates;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What would be different had some events never been written: the log is folded twice into scratch
 * outputs, with them and without them, and the outputs are compared. Neither the log nor its own
 * outputs are changed. An event that is left out is treated as one that every projection skipped,
 * and a fact that is left out says nothing.
 *
 * <p>Used by one thread.
 */
public final class Counterfactual {
  /** The table of metrics. */
  public static final String METRICS = MetricTables.METRICS;

  /** The table of the ledger. */
  public static final String LEDGER = MetricTables.LEDGER;

  /** The list of checkpoints. */
  public static final String CHECKPOINTS = "checkpoints";

  /** The list of quantum states. */
  public static final String STATES = "states";

  /** Most events that are left out at once. */
  public static final int MAX_WITHOUT = 100_000;

  private static final List<String> BUILTIN = List.of(METRICS, LEDGER, CHECKPOINTS, STATES);
  private static final int ONE = 1;

  /** Sequences that are folded before the progress is told again. */
  private static final int STEP = 1 << 14;

  private final EventLogReader log;
  private final Set<Long> without;
  private final Map<String, Supplier<? extends StateProjection>> own = new TreeMap<>();
  private final Set<String> wanted = new LinkedHashSet<>();
  private @Nullable Path scratch;
  private WorkProgress progress = WorkProgress.NONE;

  private Counterfactual(EventLogReader log, Set<Long> without) {
    this.log = log;
    this.without = without;
  }

  /**
   * Prepares a comparison.
   *
   * @param log the log, which may be growing
   * @param without sequences of the events to leave out
   * @throws IllegalArgumentException when there are none or too many of them
   */
  public static Counterfactual of(EventLogReader log, Collection<Long> without) {
    if (without.isEmpty() || without.size() > MAX_WITHOUT) {
      throw new IllegalArgumentException(
          "between 1 and "
              + MAX_WITHOUT
              + " events can be left out but these are "
              + without.size());
    }
    return new Counterfactual(log, new TreeSet<>(without));
  }

  /** Compares the states of a projection of your own, too; a new one is asked for each fold. */
  public Counterfactual with(Supplier<? extends StateProjection> projection) {
    own.put(projection.get().name(), projection);
    return this;
  }

  /**
   * Compares only some: {@link #METRICS}, {@link #LEDGER}, {@link #CHECKPOINTS}, {@link #STATES} or
   * one given to {@link #with}. Without any, all of them.
   *
   * @throws IllegalArgumentException when there is none of such a name; names those there are
   */
  public Counterfactual only(Collection<String> names) {
    for (String name : names) {
      if (!BUILTIN.contains(name) && !own.containsKey(name)) {
        Set<String> known = new LinkedHashSet<>(BUILTIN);
        known.addAll(own.keySet());
        throw new IllegalArgumentException(
            "there is no projection '" + name + "' to compare; there are " + known);
      }
      wanted.add(name);
    }
    return this;
  }

  /**
   * Where the scratch outputs are made; an existing directory. Default: that of temporary files.
   */
  public Counterfactual scratch(@Nullable Path directory) {
    scratch = directory;
    return this;
  }

  /** Hears of the sequences of each fold, as the step of the projection's name. */
  public Counterfactual progress(WorkProgress hears) {
    progress = hears;
    return this;
  }

  /**
   * Folds and compares, up to the end there is when this is called.
   *
   * @throws java.util.concurrent.CancellationException when the progress says stop; the scratch
   *     outputs are deleted then, too
   * @throws SegmentRetiredException when retention has deleted one of the events
   * @throws RingfoldException when there is no such event
   * @throws IOException when the scratch outputs cannot be written or read
   */
  public CounterfactualReport run() throws IOException {
    long end = LogEnd.of(log).lastSequence();
    List<CounterfactualReport.LeftOut> leftOut = leftOut(end);
    List<TableChanges> tables = new ArrayList<>();
    List<ItemChanges> lists = new ArrayList<>();
    List<CounterfactualReport.StateChange> states = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    try (ScratchDirectory place = new ScratchDirectory(scratch)) {
      if (isWanted(METRICS)) {
        tables.add(table(place, end, MetricTables::metrics, MetricTables::metricsTable, notes));
      }
      if (isWanted(LEDGER)) {
        tables.add(table(place, end, MetricTables::ledger, MetricTables::ledgerTable, notes));
      }
      progress.tell(CHECKPOINTS, 0, 1);
      if (isWanted(CHECKPOINTS)) {
        lists.add(checkpoints(end));
      }
      progress.tell(STATES, 0, 1);
      if (isWanted(STATES)) {
        lists.add(states(end));
      }
      for (Map.Entry<String, Supplier<? extends StateProjection>> one : own.entrySet()) {
        if (isWanted(one.getKey())) {
          states.add(state(place, end, one.getValue()));
        }
      }
    }
    if (log.floorSequence() > 0) {
      notes.add(
          "Events below sequence "
              + log.floorSequence()
              + " were deleted by retention: both folds begin there.");
    }
    return new CounterfactualReport(leftOut, end, tables, lists, states, notes);
  }

  private boolean isWanted(String name) {
    return wanted.isEmpty() || wanted.contains(name);
  }

  private List<CounterfactualReport.LeftOut> leftOut(long end) {
    List<CounterfactualReport.LeftOut> found = new ArrayList<>();
    for (long sequence : without) {
      if (sequence < 0 || sequence > end) {
        throw new RingfoldException(
            "There is no event " + sequence + " in " + log.directory() + "; the last is " + end);
      }
      try (Tailer tailer = log.tailer().fromSequence(sequence).upTo(sequence).open()) {
        tailer.poll(
            event -> {
              EventType<?> type = log.types().byId(event.typeId());
              found.add(
                  new CounterfactualReport.LeftOut(
                      event.sequence(),
                      type == null ? "type " + event.typeId() : type.name(),
                      event.stream().name(),
                      event.logTime()));
            },
            ONE);
      }
    }
    return found;
  }

  private TableChanges table(
      ScratchDirectory place,
      long end,
      Supplier<Projection> projections,
      Function<Path, Path> table,
      List<String> notes)
      throws IOException {
    MetricTable before = folded(place, end, projections.get(), Set.of(), table, notes);
    MetricTable after = folded(place, end, projections.get(), without, table, notes);
    return TableDiff.of(projections.get().name(), before, after);
  }

  private MetricTable folded(
      ScratchDirectory place,
      long end,
      Projection projection,
      Set<Long> left,
      Function<Path, Path> table,
      List<String> notes)
      throws IOException {
    Path outputs = place.fresh(projection.name());
    try (ProjectionRun run = fold(outputs, end, projection, left)) {
      run.commitIfClean();
      if (run.committed().sequence() < run.consumed()) {
        run.showAll();
      }
      MetricTable made = MetricTable.open(table.apply(outputs));
      if (projection.dirty() && made.openParts().isEmpty()) {
        notes.add(
            "Rows of "
                + projection.name()
                + " above sequence "
                + run.committed().sequence()
                + " are not compared: the table is configured without an open part.");
      }
      return made;
    }
  }

  private ProjectionRun fold(Path outputs, long end, Projection projection, Set<Long> left)
      throws IOException {
    ProjectionRun run =
        ProjectionRun.openWithout(
            log,
            projection,
            outputs,
            outputs.resolveSibling(outputs.getFileName() + ".snapshots"),
            ProjectionRun.Refused.LEAVE_OUT,
            left);
    try {
      advance(run, projection.name(), end);
      return run;
    } catch (IOException | RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  private void advance(ProjectionRun run, String name, long end) throws IOException {
    long begin = log.floorSequence();
    for (long next = begin; next <= end; next += STEP) {
      progress.tell(name, next - begin, end - begin + 1);
      run.advance(Math.min(end, next + STEP - 1));
    }
  }

  private EventScan upTo(long end) {
    return EventScan.of(() -> log.tailer().upTo(end));
  }

  private ItemChanges checkpoints(long end) {
    try (CheckpointReader before = CheckpointReader.openAt(log, end);
        CheckpointReader after = CheckpointReader.openAt(log, upTo(end), without)) {
      return ItemChanges.of(
          CHECKPOINTS, before.list(), after.list(), CheckpointSummary::sequence, Items::text);
    }
  }

  private ItemChanges states(long end) {
    try (StoredStates before = QuantumStates.openAt(log, end);
        StoredStates after = QuantumStates.openAt(log, upTo(end), without)) {
      return ItemChanges.of(STATES, before.all(), after.all(), SavedState::sequence, Items::text);
    }
  }

  private CounterfactualReport.StateChange state(
      ScratchDirectory place, long end, Supplier<? extends StateProjection> projections)
      throws IOException {
    byte[] before = bytes(place, end, projections.get(), Set.of());
    byte[] after = bytes(place, end, projections.get(), without);
    return new CounterfactualReport.StateChange(
        projections.get().name(),
        Fingerprints.hex(before),
        Fingerprints.hex(after),
        before.length,
        after.length,
        Arrays.mismatch(before, after));
  }

  private byte[] bytes(ScratchDirectory place, long end, StateProjection projection, Set<Long> left)
      throws IOException {
    try (ProjectionRun run = fold(place.fresh(projection.name()), end, projection, left)) {
      if (run.consumed() > end) {
        throw new AssertionError("folded up to " + run.consumed() + " instead of " + end);
      }
      return PastProjection.bytes(projection);
    }
  }
}
