// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads JSON Lines: one flat object on each line; a {@code null} is an absent value. {@code NaN}
 * and {@code Infinity}, which Python writes, are taken although JSON has none. Empty lines are left
 * out.
 */
final class JsonLinesReader extends TextRecordReader {
  /** Most characters of a line. */
  static final int MAX_LINE_CHARS = 1 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final StringBuilder record = new StringBuilder();

  private JsonLinesReader(TextLines text) {
    super(text);
  }

  static JsonLinesReader open(Path file) throws IOException {
    return new JsonLinesReader(TextLines.open(file));
  }

  @Override
  public boolean next() throws IOException, BadLineException {
    cells.clear();
    do {
      line = text.line();
      if (text.peek() == TextLines.END) {
        return false;
      }
      readLine();
    } while (record.toString().isBlank());
    parse();
    return true;
  }

  private void readLine() throws IOException {
    record.setLength(0);
    while (text.peek() != '\n' && text.peek() != '\r' && text.peek() != TextLines.END) {
      if (record.length() == MAX_LINE_CHARS) {
        throw new ImportRefusedException(
            text.file() + ":" + line + ": a line of more than " + MAX_LINE_CHARS + " characters");
      }
      record.append((char) text.read());
    }
    skipLineEnd();
  }

  private void parse() throws IOException, BadLineException {
    try (JsonParser parser = JSON.createParser(record.toString())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new BadLineException("expected one JSON object");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        addCell(name, parser.nextToken(), parser);
      }
      if (parser.nextToken() != null) {
        throw new BadLineException("expected one JSON object but found more behind it");
      }
    } catch (JsonProcessingException e) {
      throw new BadLineException("not JSON: " + firstLine(e.getOriginalMessage()));
    }
  }

  private void addCell(String name, JsonToken token, JsonParser parser)
      throws IOException, BadLineException {
    switch (token) {
      case VALUE_NULL -> {
        // An absent value.
      }
      case VALUE_STRING -> cells.add(new Cell(name, parser.getText(), Cell.Form.STRING));
      case VALUE_TRUE, VALUE_FALSE ->
          cells.add(new Cell(name, parser.getText(), Cell.Form.BOOLEAN));
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          cells.add(new Cell(name, parser.getText(), Cell.Form.NUMBER));
      default ->
          throw new BadLineException(
              "the value of '"
                  + name
                  + "' is an array or object; a metric is one number, text or boolean, arrays belong"
                  + " into a checkpoint");
    }
  }

  private static String firstLine(String message) {
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
