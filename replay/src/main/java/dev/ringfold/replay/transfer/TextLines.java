// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The characters of a UTF-8 file with the number of the line; a byte order mark is left out, and
 * bytes that are not UTF-8 are refused. One thread.
 */
final class TextLines implements Closeable {
  static final int END = -1;
  private static final int NOT_READ = -2;
  private static final int BUFFER_CHARS = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Path file;
  private final Reader reader;
  private final char[] buffer = new char[BUFFER_CHARS];
  private int position;
  private int limit;
  private int ahead = NOT_READ;
  private long line = 1;

  private TextLines(Path file, InputStream in) {
    this.file = file;
    this.reader =
        new InputStreamReader(
            in,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  static TextLines open(Path file) throws IOException {
    TextLines lines = new TextLines(file, Files.newInputStream(file));
    try {
      if (lines.peek() == BYTE_ORDER_MARK) {
        lines.read();
      }
      return lines;
    } catch (IOException | RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  Path file() {
    return file;
  }

  /** The line of the next character, from 1. */
  long line() {
    return line;
  }

  /** The next character, which stays; {@link #END} at the end. */
  int peek() throws IOException {
    if (ahead == NOT_READ) {
      ahead = fetch();
    }
    return ahead;
  }

  /** The next character, or {@link #END}; CR LF counts as one line, as LF and CR alone do. */
  int read() throws IOException {
    int character = peek();
    if (character == END) {
      return END;
    }
    ahead = NOT_READ;
    if (character == '\n' || (character == '\r' && peek() != '\n')) {
      line++;
    }
    return character;
  }

  private int fetch() throws IOException {
    if (position == limit) {
      try {
        limit = reader.read(buffer, 0, buffer.length);
      } catch (CharacterCodingException e) {
        throw new ImportRefusedException(
            file
                + ": behind line "
                + line
                + " there are bytes that are not UTF-8; convert the file to UTF-8 first");
      }
      position = 0;
      if (limit <= 0) {
        limit = 0;
        return END;
      }
    }
    return buffer[position++];
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
