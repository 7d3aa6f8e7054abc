// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads CSV as RFC 4180 says: the first record names the columns, a field in double quotes may hold
 * commas, line ends and doubled quotes. An empty field without quotes is an absent value, one with
 * quotes an empty text. Lines may end with CR LF, LF or CR; empty lines are left out.
 */
final class CsvReader extends TextRecordReader {
  /** Most characters of a record; a forgotten quote must not read the whole file. */
  static final int MAX_RECORD_CHARS = 1 << 20;

  private static final int MAX_COLUMNS = MetricLayout.MAX_COLUMNS;

  private final StringBuilder field = new StringBuilder();
  private final List<String> header = new ArrayList<>();
  private int column;
  private int recordChars;

  private CsvReader(TextLines text) {
    super(text);
  }

  /** Opens the file and reads the names of its columns. */
  static CsvReader open(Path file) throws IOException {
    TextLines text = TextLines.open(file);
    CsvReader reader = new CsvReader(text);
    try {
      reader.readHeader();
      return reader;
    } catch (IOException | RuntimeException e) {
      text.close();
      throw e;
    }
  }

  @Override
  public boolean next() throws IOException, BadLineException {
    cells.clear();
    skipEmptyLines();
    line = text.line();
    if (text.peek() == TextLines.END) {
      return false;
    }
    readRecord();
    if (column != header.size()) {
      throw new BadLineException(
          "expected " + header.size() + " fields as in the header but found " + column);
    }
    return true;
  }

  private void readHeader() throws IOException {
    skipEmptyLines();
    line = text.line();
    try {
      readRecord();
    } catch (BadLineException e) {
      throw new ImportRefusedException(text.file() + ":" + line + ": " + e.getMessage());
    }
    Set<String> seen = new HashSet<>();
    for (Cell cell : cells) {
      if (!seen.add(cell.text())) {
        throw refusedHeader("two columns are called '" + cell.text() + "'");
      }
      header.add(cell.text());
    }
    if (header.isEmpty() || column != header.size()) {
      throw refusedHeader("expected a header that names every column");
    }
  }

  private ImportRefusedException refusedHeader(String problem) {
    return new ImportRefusedException(text.file() + ":" + line + ": " + problem);
  }

  private void skipEmptyLines() throws IOException {
    while (text.peek() == '\n' || text.peek() == '\r') {
      text.read();
    }
  }

  private void readRecord() throws IOException, BadLineException {
    column = 0;
    recordChars = 0;
    boolean more = true;
    String problem = "";
    while (more) {
      field.setLength(0);
      boolean quoted = text.peek() == '"';
      String found = quoted ? readQuoted() : readPlain();
      problem = problem.isEmpty() ? found : problem;
      addCell(quoted);
      more = text.peek() == ',';
      if (more) {
        text.read();
      }
    }
    skipLineEnd();
    if (!problem.isEmpty()) {
      throw new BadLineException(problem);
    }
  }

  private void addCell(boolean quoted) {
    if (column < MAX_COLUMNS && (quoted || field.length() > 0)) {
      String name = column < header.size() ? header.get(column) : "";
      cells.add(new Cell(name, field.toString(), Cell.Form.TEXT));
    }
    column++;
  }

  /** Up to the comma or line's end; what is wrong, or nothing. */
  private String readPlain() throws IOException {
    String problem = "";
    while (!atFieldEnd()) {
      int character = text.read();
      if (character == '"') {
        problem = "a quote inside a field that does not begin with one; double it inside quotes";
      }
      add(character);
    }
    return problem;
  }

  private String readQuoted() throws IOException {
    text.read();
    while (true) {
      int character = text.read();
      if (character == TextLines.END) {
        return "a quoted field is not closed";
      }
      if (character == '"') {
        if (text.peek() != '"') {
          break;
        }
        text.read();
      }
      add(character);
    }
    String problem = "";
    while (!atFieldEnd()) {
      problem = "text behind the closing quote of a field";
      text.read();
    }
    return problem;
  }

  private boolean atFieldEnd() throws IOException {
    int character = text.peek();
    return character == ',' || character == '\n' || character == '\r' || character == TextLines.END;
  }

  private void add(int character) {
    if (++recordChars > MAX_RECORD_CHARS) {
      throw new ImportRefusedException(
          text.file()
              + ":"
              + line
              + ": a record of more than "
              + MAX_RECORD_CHARS
              + " characters; is a quote missing?");
    }
    field.append((char) character);
  }
}
