// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import java.util.ArrayList;
import java.util.List;

/** Draws an answer as DuckDB's own shell does. */
final class TextTable {
  private TextTable() {}

  /**
   * Draws.
   *
   * @param cells the heads, then the rows, all of one length
   * @param right which columns are aligned at the right
   */
  static List<String> draw(List<List<String>> cells, boolean[] right) {
    int[] widths = new int[right.length];
    for (List<String> row : cells) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(rule(widths, "┌", "┬", "┐"));
    for (int i = 0; i < cells.size(); i++) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        String cell = cells.get(i).get(column);
        String space = " ".repeat(widths[column] - cell.length());
        line.append("│ ").append(right[column] ? space + cell : cell + space).append(' ');
      }
      lines.add(line.append('│').toString());
      if (i == 0) {
        lines.add(rule(widths, "├", "┼", "┤"));
      }
    }
    lines.add(rule(widths, "└", "┴", "┘"));
    return lines;
  }

  private static String rule(int[] widths, String left, String middle, String right) {
    StringBuilder line = new StringBuilder(left);
    for (int column = 0; column < widths.length; column++) {
      line.append(column == 0 ? "" : middle).append("─".repeat(widths[column] + 2));
    }
    return line.append(right).toString();
  }
}
