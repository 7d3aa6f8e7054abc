// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes one HTML page of a report: style, script and data are inside, and it loads nothing. The
 * tables are plain HTML; the curves are drawn by the script. The same report gives the same bytes.
 * Stateless; any thread.
 */
public final class ReportPage {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private ReportPage() {}

  /** The page. */
  public static String html(Report report) {
    StringBuilder notes = new StringBuilder();
    for (String note : report.notes()) {
      notes.append("<p class=\"note\">").append(escaped(note)).append("</p>\n");
    }
    Map<String, String> parts =
        Map.of(
            "title", escaped(report.title()),
            "summary", escaped(report.summary()),
            "style", resource("page.css"),
            "script", resource("page.js"),
            "notes", notes.toString(),
            "sections", sections(report),
            "data", PageJson.of(report));
    Matcher place = PLACE.matcher(resource("page.html"));
    StringBuilder page = new StringBuilder();
    while (place.find()) {
      String part = parts.get(place.group(1));
      if (part == null) {
        throw new AssertionError("page.html has an unknown place " + place.group());
      }
      place.appendReplacement(page, Matcher.quoteReplacement(part));
    }
    return place.appendTail(page).toString();
  }

  private static String sections(Report report) {
    StringBuilder html = new StringBuilder("<section class=\"tables\">\n");
    for (Report.Table table : report.tables()) {
      append(html, table);
    }
    for (Report.Text text : report.texts()) {
      html.append("<div class=\"table\"><h2>").append(escaped(text.title())).append("</h2>");
      html.append("<pre>").append(escaped(text.text())).append("</pre></div>\n");
    }
    return html.append("</section>").toString();
  }

  private static void append(StringBuilder html, Report.Table table) {
    html.append(table.wide() ? "<div class=\"table wide\">" : "<div class=\"table\">");
    html.append("<h2>").append(escaped(table.title())).append("</h2><table>");
    if (table.headings().stream().anyMatch(heading -> !heading.name().isEmpty())) {
      html.append("<thead><tr>");
      for (Report.Heading heading : table.headings()) {
        html.append(heading.number() ? "<th class=\"number\">" : "<th>");
        html.append(escaped(heading.name())).append("</th>");
      }
      html.append("</tr></thead>");
    }
    html.append("<tbody>\n");
    for (List<String> row : table.rows()) {
      html.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        boolean number = i < table.headings().size() && table.headings().get(i).number();
        html.append(number ? "<td class=\"number\">" : "<td class=\"name\">");
        html.append(escaped(row.get(i))).append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  /** Text for HTML; control characters, which HTML does not allow, become a question mark. */
  static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        case '\n', '\t' -> safe.append(character);
        default -> safe.append(Character.isISOControl(character) ? '?' : character);
      }
    }
    return safe.toString();
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new AssertionError("the jar has no " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " in the jar", e);
    }
  }
}
