// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.replay.compare.RunDiffReport;
import dev.ringfold.writers.checkpoint.TensorChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A comparison as people read it. Stateless. */
final class DiffText {
  /** Checkpoints that are shown, the newest. */
  private static final int MAX_SHOWN = 20;

  /** Tensors of a checkpoint that are named. */
  private static final int MAX_NAMED = 8;

  private static final List<String> CURVE_HEADINGS =
      List.of(
          "metric",
          "kind",
          "last A",
          "last B",
          "min A",
          "min B",
          "max A",
          "max B",
          "differ by",
          "at",
          "first at");
  private static final List<String> CHECKPOINT_HEADINGS =
      List.of("epoch", "A", "B", "same", "changed tensors");
  private static final int LEFT_OF_CURVES = 2;
  private static final double LARGE = 1e7;
  private static final double SMALL = 1e-4;

  private DiffText() {}

  static List<String> lines(RunDiffReport report) {
    List<String> lines = new ArrayList<>();
    lines.add("A  " + side(report.first()));
    lines.add("B  " + side(report.second()));
    lines.add(parting(report));
    for (RunDiffReport.RunChanges run : report.runs()) {
      lines.add("");
      run(run, lines);
    }
    if (!report.onlyFirst().isEmpty()) {
      lines.add("runs of A only: " + String.join(", ", report.onlyFirst()));
    }
    if (!report.onlySecond().isEmpty()) {
      lines.add("runs of B only: " + String.join(", ", report.onlySecond()));
    }
    report.notes().forEach(note -> lines.add("note: " + note));
    return lines.stream().map(Quantities::printable).toList();
  }

  private static String side(RunDiffReport.Side side) {
    return side.store()
        + " up to "
        + side.sequence()
        + " (store "
        + side.storeId()
        + (side.lineage().isEmpty() ? "" : ", forked from " + side.lineage())
        + ")";
  }

  private static String parting(RunDiffReport report) {
    String first = report.parting().first();
    String second = report.parting().second();
    if (!report.parting().isKnown()) {
      return "they part below the oldest event that both still have";
    }
    if (first.isEmpty() && second.isEmpty()) {
      return "they are the same log";
    }
    long last = report.parting().lastCommon();
    return (last < 0 ? "they have no event in common" : "the same up to sequence " + last)
        + "; then A has "
        + (first.isEmpty() ? "nothing" : first)
        + "; B has "
        + (second.isEmpty() ? "nothing" : second);
  }

  private static void run(RunDiffReport.RunChanges run, List<String> lines) {
    String name =
        run.first().equals(run.second()) ? run.first() : run.first() + " and " + run.second();
    lines.add("run " + name + ": " + run.rowsFirst() + " and " + run.rowsSecond() + " rows");
    for (RunDiffReport.Setting setting : run.configuration()) {
      lines.add(
          "  "
              + setting.key()
              + ": "
              + (setting.first().isEmpty() ? "(none)" : setting.first())
              + " -> "
              + (setting.second().isEmpty() ? "(none)" : setting.second()));
    }
    if (!run.curves().isEmpty()) {
      List<List<String>> rows = run.curves().stream().map(DiffText::row).toList();
      TextTable.lines(CURVE_HEADINGS, rows, LEFT_OF_CURVES).forEach(line -> lines.add("  " + line));
    }
    if (!run.checkpoints().isEmpty()) {
      List<RunDiffReport.CheckpointChange> shown =
          run.checkpoints()
              .subList(Math.max(0, run.checkpoints().size() - MAX_SHOWN), run.checkpoints().size());
      List<List<String>> rows = shown.stream().map(DiffText::row).toList();
      TextTable.lines(CHECKPOINT_HEADINGS, rows, CHECKPOINT_HEADINGS.size())
          .forEach(line -> lines.add("  " + line));
    }
  }

  private static List<String> row(RunDiffReport.CurveChange curve) {
    return List.of(
        Quantities.printable(curve.metric()),
        curve.kind(),
        number(curve.first().count(), curve.first().last()),
        number(curve.second().count(), curve.second().last()),
        number(curve.first().count(), curve.first().least()),
        number(curve.second().count(), curve.second().least()),
        number(curve.first().count(), curve.first().greatest()),
        number(curve.second().count(), curve.second().greatest()),
        number(curve.common(), curve.greatestDifference()),
        curve.greatestAt(),
        curve.firstAt());
  }

  private static List<String> row(RunDiffReport.CheckpointChange change) {
    return List.of(
        Long.toString(change.epoch()),
        change.first() < 0 ? "" : Long.toString(change.first()),
        change.second() < 0 ? "" : Long.toString(change.second()),
        change.tensors() == null ? "" : Integer.toString(change.tensors().same()),
        tensors(change));
  }

  private static String tensors(RunDiffReport.CheckpointChange change) {
    TensorChanges tensors = change.tensors();
    if (tensors == null) {
      return change.problem();
    }
    List<String> names = new ArrayList<>();
    for (TensorChanges.Changed one : tensors.changed()) {
      names.add(
          one.tensor()
              + (one.isReshaped()
                  ? " (another shape)"
                  : " (" + one.changedChunks() + " of " + one.chunks() + " chunks)"));
    }
    tensors.onlyFirst().forEach(name -> names.add(name + " (A only)"));
    tensors.onlySecond().forEach(name -> names.add(name + " (B only)"));
    if (names.size() > MAX_NAMED) {
      int more = names.size() - MAX_NAMED;
      return String.join(", ", names.subList(0, MAX_NAMED)) + " and " + more + " more";
    }
    return String.join(", ", names);
  }

  private static String number(long count, double value) {
    if (count == 0 || Double.isNaN(value)) {
      return count == 0 ? "" : "NaN";
    }
    if (value == Math.rint(value) && Math.abs(value) < LARGE) {
      return Long.toString((long) value);
    }
    boolean plain = Math.abs(value) >= SMALL && Math.abs(value) < LARGE;
    return String.format(Locale.ROOT, plain ? "%.5f" : "%.4e", value);
  }
}
