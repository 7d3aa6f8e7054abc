// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

import java.util.Locale;
import java.util.Set;

/**
 * Checks that a text is one statement of SQL that only reads. DuckDB may open the table's files,
 * and a COPY could then write over one: what is not known to read is refused, and so is everything
 * that two readers of SQL might take apart differently, such as a comment in front. Stateless.
 */
final class ReadingStatement {
  private static final Set<String> READING =
      Set.of(
          "select",
          "with",
          "from",
          "values",
          "table",
          "describe",
          "show",
          "summarize",
          "pivot",
          "unpivot");
  private static final String LINE_COMMENT = "--";
  private static final String EXPLAIN = "explain";
  private static final String ANALYZE = "analyze";

  private ReadingStatement() {}

  /**
   * The statement without a semicolon behind it.
   *
   * @throws QueryFailedException when it is none, more than one, or might write
   */
  static String of(String text) {
    String sql = withoutLeadingComments(text.strip());
    while (sql.endsWith(";")) {
      sql = sql.substring(0, sql.length() - 1).stripTrailing();
    }
    if (sql.isEmpty()) {
      throw new QueryFailedException("there is no statement; try: select * from latest");
    }
    if (sql.indexOf(';') >= 0) {
      throw new QueryFailedException(
          "expected one statement but found a ';' in the middle; inside a text write chr(59)");
    }
    if (!reads(sql)) {
      throw new QueryFailedException(
          "a query only reads: it begins with SELECT, WITH, FROM, VALUES, TABLE, DESCRIBE, SHOW,"
              + " SUMMARIZE, PIVOT, UNPIVOT or EXPLAIN, but this one with '"
              + firstWord(sql)
              + "'. To write rows into a file use --csv, --json or ringfold export");
    }
    return sql;
  }

  private static boolean reads(String sql) {
    String word = firstWord(sql);
    if (!word.equals(EXPLAIN)) {
      return READING.contains(word) || sql.startsWith("(");
    }
    String rest = sql.substring(EXPLAIN.length()).strip();
    if (firstWord(rest).equals(ANALYZE)) {
      rest = rest.substring(ANALYZE.length()).strip();
    }
    return READING.contains(firstWord(rest));
  }

  private static String firstWord(String sql) {
    int end = 0;
    while (end < sql.length() && (Character.isLetterOrDigit(sql.charAt(end)) || isMark(sql, end))) {
      end++;
    }
    return sql.substring(0, end).toLowerCase(Locale.ROOT);
  }

  private static boolean isMark(String sql, int at) {
    return sql.charAt(at) == '_' || sql.charAt(at) == '/' || sql.charAt(at) == '*';
  }

  private static String withoutLeadingComments(String text) {
    String rest = text;
    while (rest.startsWith(LINE_COMMENT) && rest.indexOf('\r') < 0) {
      int end = rest.indexOf('\n');
      rest = end < 0 ? "" : rest.substring(end).strip();
    }
    return rest;
  }
}
