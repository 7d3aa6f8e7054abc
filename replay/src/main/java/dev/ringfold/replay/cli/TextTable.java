// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.util.ArrayList;
import java.util.List;

/** Short tables of text: the first column to the left, the others as they are told. Stateless. */
final class TextTable {
  private static final String GAP = "  ";

  private TextTable() {}

  /**
   * The lines of a table.
   *
   * @param headings of its columns
   * @param rows as many texts as there are headings
   * @param leftColumns how many columns stand to the left
   */
  static List<String> lines(List<String> headings, List<List<String>> rows, int leftColumns) {
    int[] widths = headings.stream().mapToInt(String::length).toArray();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(headings, widths, leftColumns));
    rows.forEach(row -> lines.add(line(row, widths, leftColumns)));
    return lines;
  }

  private static String line(List<String> texts, int[] widths, int leftColumns) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      String room = " ".repeat(widths[i] - texts.get(i).length());
      line.append(i == 0 ? "" : GAP);
      line.append(i < leftColumns ? texts.get(i) + room : room + texts.get(i));
    }
    return line.toString().stripTrailing();
  }
}
