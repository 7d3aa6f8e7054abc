// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON of strangers into values. */
final class JsonTree {
  /** Values of one document for each entry a file may have. */
  private static final long VALUES_PER_ENTRY = 1_024;

  private final String where;
  private final FormatLimits limits;
  private final int maxDepth;
  private long values;

  JsonTree(String where, FormatLimits limits) {
    this.where = where;
    this.limits = limits;
    this.maxDepth = Math.min(CanonicalJson.MAX_DEPTH, limits.maxDepth());
  }

  @Nullable Object parse(byte[] json) {
    if (json.length > limits.maxHeaderBytes()) {
      throw new FormatException(
          where
              + ": JSON of "
              + json.length
              + " bytes; at most "
              + limits.maxHeaderBytes()
              + " are read");
    }
    try (JsonParser parser = factory().createParser(utf8(json))) {
      if (parser.nextToken() == null) {
        throw new FormatException(where + ": expected JSON but found nothing");
      }
      Object value = value(parser, 0);
      if (parser.nextToken() != null) {
        throw new FormatException(
            where
                + ": expected the end of the JSON at character "
                + at(parser)
                + " but found more");
      }
      return value;
    } catch (IOException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new FormatException(where + ": not JSON: " + message.lines().findFirst().orElse(""), e);
    }
  }

  /** Strictly UTF-8; the parser would guess among five encodings and mend what is wrong. */
  private static Reader utf8(byte[] json) {
    return new InputStreamReader(
        new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
  }

  private JsonFactory factory() {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(maxDepth)
                .maxNumberLength(CanonicalJson.MAX_NUMBER_LENGTH)
                .maxStringLength(limits.maxHeaderBytes())
                .maxNameLength(CanonicalJson.MAX_KEY_LENGTH)
                .maxDocumentLength(limits.maxHeaderBytes())
                .build())
        .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        // Keys come from strangers: nothing of them stays in memory.
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  private @Nullable Object value(JsonParser parser, int depth) throws IOException {
    JsonToken token = parser.currentToken();
    if (++values > limits.maxEntries() * VALUES_PER_ENTRY) {
      throw new FormatException(
          where + ": more than " + limits.maxEntries() * VALUES_PER_ENTRY + " values in one JSON");
    }
    if (token == null) {
      throw new FormatException(
          where + ": the JSON ends at character " + at(parser) + " in a value");
    }
    return switch (token) {
      case START_OBJECT -> object(parser, depth + 1);
      case START_ARRAY -> array(parser, depth + 1);
      case VALUE_STRING -> text(parser, parser.getText());
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> real(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default ->
          throw new FormatException(
              where + ": expected a JSON value at character " + at(parser) + " but found " + token);
    };
  }

  @SuppressWarnings("NullAway") // values may be JSON's null
  private Map<String, Object> object(JsonParser parser, int depth) throws IOException {
    checkDepth(parser, depth);
    Map<String, Object> map = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = text(parser, parser.currentName());
      parser.nextToken();
      int before = map.size();
      map.put(key, value(parser, depth));
      if (map.size() == before) {
        throw new FormatException(
            where
                + ": the key '"
                + shortened(key)
                + "' is there twice, at character "
                + at(parser));
      }
    }
    return Collections.unmodifiableMap(map);
  }

  private List<@Nullable Object> array(JsonParser parser, int depth) throws IOException {
    checkDepth(parser, depth);
    List<@Nullable Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(parser, depth));
    }
    return Collections.unmodifiableList(list);
  }

  private static Number integer(JsonParser parser) throws IOException {
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      BigInteger big = parser.getBigIntegerValue();
      return big;
    }
    return parser.getLongValue();
  }

  private Double real(JsonParser parser) throws IOException {
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw new FormatException(
          where + ": the number at character " + at(parser) + " is not one of a double");
    }
    return value;
  }

  private String text(JsonParser parser, String text) {
    int problem = unpairedSurrogate(text);
    if (problem >= 0) {
      throw new FormatException(
          where + ": the string before character " + at(parser) + " has an unpaired surrogate");
    }
    return text;
  }

  private void checkDepth(JsonParser parser, int depth) {
    if (depth > maxDepth) {
      throw new FormatException(
          where + ": JSON nested deeper than " + maxDepth + " at character " + at(parser));
    }
  }

  private static long at(JsonParser parser) {
    return parser.currentLocation().getCharOffset();
  }

  static int unpairedSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  static String kind(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    if (value instanceof String) {
      return "a string";
    }
    return value instanceof Boolean
        ? "a boolean"
        : value instanceof Number ? "a number" : "a " + value.getClass().getSimpleName();
  }
}
