// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table for people: aligned columns, medians with the smallest and largest round beside them.
 */
final class Table {
  private static final List<String> HEADINGS =
      List.of(
          "row",
          "median",
          "min .. max",
          "unit",
          "peer",
          "median",
          "min .. max",
          "ratio",
          "target",
          "met");
  private static final String GAP = "  ";

  private Table() {}

  /** All rows, one line each, and the notes below. */
  static String format(List<RowResult> results) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADINGS);
    results.forEach(result -> lines.add(cells(result)));
    int[] widths = widths(lines);
    StringBuilder table = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        text.append(line.get(c)).append(" ".repeat(widths[c] - line.get(c).length())).append(GAP);
      }
      table.append(text.toString().stripTrailing()).append('\n');
    }
    for (RowResult result : results) {
      if (!result.note().isEmpty()) {
        table.append(result.row()).append(": ").append(result.note()).append('\n');
      }
    }
    return table.toString();
  }

  private static List<String> cells(RowResult result) {
    Double ratio = result.ratio();
    String peer = result.peer();
    return List.of(
        result.row(),
        median(result.samples()),
        spread(result.samples()),
        result.unit(),
        peer == null ? "" : peer,
        median(result.peerSamples()),
        spread(result.peerSamples()),
        ratio == null ? "" : Numbers.plain(ratio),
        result.target(),
        judgement(result));
  }

  private static String judgement(RowResult result) {
    if (result.samples() == null) {
      return "not run";
    }
    Boolean met = result.met();
    return met == null ? "" : met ? "yes" : "NO";
  }

  private static String median(@Nullable Samples samples) {
    return samples == null ? "" : Numbers.brief(samples.median());
  }

  private static String spread(@Nullable Samples samples) {
    return samples == null || samples.min() == samples.max()
        ? ""
        : Numbers.brief(samples.min()) + " .. " + Numbers.brief(samples.max());
  }

  private static int[] widths(List<List<String>> lines) {
    int[] widths = new int[HEADINGS.size()];
    for (List<String> line : lines) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], line.get(c).length());
      }
    }
    return widths;
  }
}
