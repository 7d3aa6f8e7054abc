// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.util.List;
import java.util.Locale;

/**
 * The table of a run of the harness.
 *
 * @param rows one for each kind of fault
 */
public record CrashReport(List<CrashTest.Row> rows) {
  /** Copies the rows. */
  public CrashReport {
    rows = List.copyOf(rows);
  }

  /** Whether nothing was lost and nothing was wrong. */
  public boolean isGood() {
    return rows.stream().allMatch(row -> row.lost() == 0 && row.found() == 0);
  }

  /** The table for a terminal. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(line("fault", "runs", "acknowledged", "lost", "found"));
    for (CrashTest.Row row : rows) {
      text.append(
          line(
              row.fault(),
              Long.toString(row.runs()),
              Long.toString(row.acknowledged()),
              Long.toString(row.lost()),
              Long.toString(row.found())));
    }
    return text.toString();
  }

  private static String line(String... cells) {
    return String.format(Locale.ROOT, "%-46s %9s %14s %6s %6s%n", (Object[]) cells);
  }

  /** The table as a page that needs nothing else. */
  public String toHtml() {
    StringBuilder html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    html.append("<title>Ringfold crash test</title>\n");
    html.append("<style>body{font-family:sans-serif}td,th{padding:4px 12px;text-align:right}");
    html.append("td:first-child,th:first-child{text-align:left}</style></head><body>\n");
    html.append("<h1>Ringfold crash test</h1>\n<table>\n<tr><th>fault</th><th>runs</th>");
    html.append("<th>acknowledged</th><th>lost</th><th>found</th></tr>\n");
    for (CrashTest.Row row : rows) {
      html.append("<tr><td>").append(row.fault()).append("</td><td>").append(row.runs());
      html.append("</td><td>").append(row.acknowledged()).append("</td><td>").append(row.lost());
      html.append("</td><td>").append(row.found()).append("</td></tr>\n");
    }
    return html.append("</table>\n</body></html>\n").toString();
  }
}
