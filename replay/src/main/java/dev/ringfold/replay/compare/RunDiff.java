// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.RunStarted;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.at.StoreView;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.writers.checkpoint.CheckpointNotFoundException;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.TensorChanges;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares two stores, such as a fork and its parent, or two runs of one store: where their logs
 * part, the configuration of their runs, the curves of all metrics, and which tensors of their
 * checkpoints differ. Changes nothing. Used by one thread.
 */
public final class RunDiff {
  /** Most runs that are compared at once. */
  public static final int MAX_RUNS = 50;

  /** Most epochs whose checkpoints are compared, the newest. */
  public static final int MAX_EPOCHS = 1_000;

  private static final int BATCH = 256;
  private static final JsonMapper JSON = new JsonMapper();

  private final StoreView first;
  private final StoreView second;
  private final List<String> notes = new ArrayList<>();
  private @Nullable String firstRun;
  private @Nullable String secondRun;

  private RunDiff(StoreView first, StoreView second) {
    this.first = first;
    this.second = second;
  }

  /** Compares all runs that both stores have, as far as the views go, which stay open. */
  public static RunDiff between(StoreView first, StoreView second) {
    return new RunDiff(first, second);
  }

  /** Compares only these runs, one of each store. */
  public RunDiff runs(String ofFirst, String ofSecond) {
    firstRun = ofFirst;
    secondRun = ofSecond;
    return this;
  }

  /**
   * Compares.
   *
   * @throws RingfoldException when a run that was named is not there; names those that are
   * @throws IOException when a table cannot be read
   */
  public RunDiffReport run() throws IOException {
    Set<String> mine = runNames(first);
    Set<String> theirs = runNames(second);
    List<RunDiffReport.RunChanges> runs = new ArrayList<>();
    Set<String> onlyFirst = new TreeSet<>();
    Set<String> onlySecond = new TreeSet<>();
    if (firstRun != null && secondRun != null) {
      runs.add(compare(known(firstRun, mine, first), known(secondRun, theirs, second)));
    } else {
      onlyFirst.addAll(mine);
      onlyFirst.removeAll(theirs);
      onlySecond.addAll(theirs);
      onlySecond.removeAll(mine);
      Set<String> both = new TreeSet<>(mine);
      both.retainAll(theirs);
      for (String run : both) {
        if (runs.size() == MAX_RUNS) {
          notes.add("Only the first " + MAX_RUNS + " of " + both.size() + " runs are compared.");
          break;
        }
        runs.add(compare(run, run));
      }
    }
    noteMissing(first);
    if (second != first) {
      noteMissing(second);
    }
    return new RunDiffReport(
        side(first),
        side(second),
        Parting.of(first, second),
        runs,
        new ArrayList<>(onlyFirst),
        new ArrayList<>(onlySecond),
        notes);
  }

  private void noteMissing(StoreView view) throws IOException {
    long missing = view.metricsMissingBelow();
    if (missing > 0) {
      notes.add(
          "Rows of "
              + view.log().directory()
              + " below sequence "
              + missing
              + " were deleted by retention.");
    }
  }

  private static String known(String run, Set<String> runs, StoreView view) {
    if (!runs.contains(run)) {
      throw new RingfoldException("There is no run '" + run + "' in " + view + "; it has " + runs);
    }
    return run;
  }

  private static RunDiffReport.Side side(StoreView view) {
    Manifest.Lineage lineage = ManifestFile.read(view.log().directory()).lineage();
    return new RunDiffReport.Side(
        view.log().directory().toString(),
        view.log().storeId(),
        view.sequence(),
        lineage == null ? "" : lineage.parentStoreId() + "@" + lineage.sequence());
  }

  /** Runs that were started, have rows or checkpoints. */
  private static Set<String> runNames(StoreView view) throws IOException {
    Set<String> names = new TreeSet<>();
    view.checkpoints().list().forEach(one -> names.add(one.run()));
    view.query(
        "SELECT DISTINCT run_id FROM metrics",
        new TableSession.Rows() {
          @Override
          public void begin(List<String> columns, List<String> types) {
            // There is one column.
          }

          @Override
          public boolean row(List<Object> values) {
            names.add(values.get(0).toString());
            return true;
          }
        });
    return names;
  }

  private RunDiffReport.RunChanges compare(String mine, String theirs) throws IOException {
    RunCurves a = RunCurves.of(first, mine);
    RunCurves b = RunCurves.of(second, theirs);
    if (a.isCut() || b.isCut()) {
      notes.add(
          "Run "
              + mine
              + ": only the first "
              + RunCurves.MAX_ROWS
              + " steps are compared step by step.");
    }
    return new RunDiffReport.RunChanges(
        mine,
        theirs,
        a.rowCount(),
        b.rowCount(),
        settings(configuration(first, mine), configuration(second, theirs)),
        RunCurves.compare(a, b),
        checkpoints(mine, theirs));
  }

  // ---- configuration

  /** The configuration that the newest attempt began with, entry by entry. */
  private static Map<String, String> configuration(StoreView view, String run) {
    String[] text = {""};
    try (Tailer tailer = view.events().types(BuiltinTypes.RUN_STARTED.id()).streams(run).open()) {
      int count = 1;
      while (count > 0) {
        count =
            tailer.poll(
                event -> {
                  if (tailer.decode(event) instanceof RunStarted started) {
                    text[0] = started.configuration();
                  }
                },
                BATCH);
      }
    }
    Map<String, String> entries = new TreeMap<>();
    if (text[0].isBlank()) {
      return entries;
    }
    try {
      flatten("", JSON.readTree(text[0]), entries);
    } catch (JsonProcessingException free) {
      entries.put("(text)", text[0]);
    }
    return entries;
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> entries) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              entry ->
                  flatten(
                      prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey(),
                      entry.getValue(),
                      entries));
    } else {
      entries.put(prefix.isEmpty() ? "(text)" : prefix, node.toString());
    }
  }

  private static List<RunDiffReport.Setting> settings(
      Map<String, String> mine, Map<String, String> theirs) {
    Set<String> keys = new TreeSet<>(mine.keySet());
    keys.addAll(theirs.keySet());
    List<RunDiffReport.Setting> settings = new ArrayList<>();
    for (String key : keys) {
      String a = mine.getOrDefault(key, "");
      String b = theirs.getOrDefault(key, "");
      if (!a.equals(b)) {
        settings.add(new RunDiffReport.Setting(key, a, b));
      }
    }
    return settings;
  }

  // ---- checkpoints

  private List<RunDiffReport.CheckpointChange> checkpoints(String mine, String theirs) {
    Map<Long, CheckpointSummary> a = newest(first, mine);
    Map<Long, CheckpointSummary> b = newest(second, theirs);
    TreeSet<Long> epochs = new TreeSet<>(a.keySet());
    epochs.addAll(b.keySet());
    while (epochs.size() > MAX_EPOCHS) {
      epochs.pollFirst();
    }
    List<RunDiffReport.CheckpointChange> changes = new ArrayList<>();
    for (long epoch : epochs) {
      changes.add(checkpoint(epoch, a.get(epoch), b.get(epoch)));
    }
    return changes;
  }

  private static Map<Long, CheckpointSummary> newest(StoreView view, String run) {
    Map<Long, CheckpointSummary> newest = new TreeMap<>();
    for (CheckpointSummary one : view.checkpoints().list()) {
      if (one.run().equals(run)) {
        newest.put(one.epoch(), one);
      }
    }
    return newest;
  }

  private RunDiffReport.CheckpointChange checkpoint(
      long epoch, @Nullable CheckpointSummary mine, @Nullable CheckpointSummary theirs) {
    TensorChanges tensors = null;
    String problem = "";
    if (mine != null && theirs != null) {
      if (mine.manifest().equals(theirs.manifest())) {
        tensors = new TensorChanges(mine.tensors(), List.of(), List.of(), List.of());
      } else {
        try {
          tensors = first.checkpoints().changes(mine, second.checkpoints(), theirs);
        } catch (BlobNotFoundException | CheckpointNotFoundException gone) {
          problem = String.valueOf(gone.getMessage());
        }
      }
    }
    return new RunDiffReport.CheckpointChange(
        epoch,
        mine == null ? -1 : mine.sequence(),
        theirs == null ? -1 : theirs.sequence(),
        tensors,
        problem);
  }
}
