// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the JSON header of a safetensors file, token by token, and stops at the first oddity. */
final class SafetensorsHeader {
  static final String METADATA = "__metadata__";

  private static final String DTYPE = "dtype";
  private static final String SHAPE = "shape";
  private static final String OFFSETS = "data_offsets";
  private static final int MAX_DEPTH = 4;
  private static final int MAX_NUMBER_LENGTH = 20;
  private static final int MAX_KEY_LENGTH = 8_192;

  private final String where;
  private final FormatLimits limits;
  private final JsonParser parser;
  private final List<SafetensorsEntry> entries = new ArrayList<>();
  private final Map<String, String> metadata = new TreeMap<>();
  private final Set<String> names = new HashSet<>();

  private SafetensorsHeader(JsonParser parser, FormatLimits limits, String where) {
    this.parser = parser;
    this.limits = limits;
    this.where = where;
  }

  /**
   * Reads a header.
   *
   * @param where the file, for messages
   * @throws FormatException when it is not one
   */
  static SafetensorsHeader parse(byte[] json, FormatLimits limits, String where) {
    if (json.length == 0 || json[0] != '{') {
      throw new FormatException(where + ": the header does not begin with '{', so it is none");
    }
    try (JsonParser parser = factory(json.length).createParser(json)) {
      SafetensorsHeader header = new SafetensorsHeader(parser, limits, where);
      header.read();
      return header;
    } catch (IOException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new FormatException(
          where + ": the header is not JSON: " + message.lines().findFirst().orElse(""), e);
    }
  }

  private static JsonFactory factory(int length) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(MAX_NUMBER_LENGTH)
                .maxStringLength(length)
                .maxNameLength(MAX_KEY_LENGTH)
                .build())
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  /** The tensors, in the header's order. */
  List<SafetensorsEntry> entries() {
    return entries;
  }

  /** The texts about them, sorted. */
  Map<String, String> metadata() {
    return metadata;
  }

  private void read() throws IOException {
    next(JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      require(JsonToken.FIELD_NAME, "a name");
      String name = parser.currentName();
      if (!names.add(name)) {
        throw refusal("'" + shown(name) + "' is there twice");
      }
      if (names.size() > limits.maxEntries()) {
        throw refusal(
            "more than the " + limits.maxEntries() + " tensors that are allowed (maxEntries)");
      }
      next(JsonToken.START_OBJECT, "an object");
      if (name.equals(METADATA)) {
        readMetadata();
        continue;
      }
      entries.add(entry(checked(name)));
    }
    if (parser.nextToken() != null) {
      throw refusal("something follows the header's object");
    }
  }

  private String checked(String name) {
    try {
      return TensorNames.check(name);
    } catch (IllegalArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
  }

  private void readMetadata() throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      require(JsonToken.FIELD_NAME, "a name");
      String key = parser.currentName();
      next(JsonToken.VALUE_STRING, "a text");
      if (metadata.put(key, parser.getText()) != null) {
        throw refusal("the metadata '" + shown(key) + "' is there twice");
      }
      if (metadata.size() > limits.maxEntries()) {
        throw refusal("more metadata than the " + limits.maxEntries() + " allowed (maxEntries)");
      }
    }
  }

  private SafetensorsEntry entry(String name) throws IOException {
    DType dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      require(JsonToken.FIELD_NAME, "a name");
      String key = parser.currentName();
      if (key.equals(DTYPE) && dtype == null) {
        next(JsonToken.VALUE_STRING, "a type");
        dtype = type(name, parser.getText());
      } else if (key.equals(SHAPE) && shape == null) {
        shape = numbers(Tensor.MAX_DIMENSIONS);
      } else if (key.equals(OFFSETS) && offsets == null) {
        offsets = numbers(2);
      } else {
        throw refusal(
            "'"
                + shown(key)
                + "' of tensor "
                + name
                + ", expected "
                + DTYPE
                + ", "
                + SHAPE
                + " and "
                + OFFSETS
                + ", each once");
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw refusal(
          "tensor " + name + " lacks one of " + DTYPE + ", " + SHAPE + " and two " + OFFSETS);
    }
    long bytes = Elements.bytes(dtype, shape, limits, where + ", tensor " + name);
    if (offsets[1] - offsets[0] != bytes) {
      throw refusal(
          "tensor "
              + name
              + " of "
              + dtype
              + Arrays.toString(shape)
              + " has "
              + bytes
              + " bytes but lies from "
              + offsets[0]
              + " to "
              + offsets[1]);
    }
    return new SafetensorsEntry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private DType type(String name, String text) {
    for (DType dtype : DType.values()) {
      if (dtype != DType.COMPLEX128 && SafetensorsEntry.typeName(dtype).equals(text)) {
        return dtype;
      }
    }
    throw refusal("tensor " + name + " has the type '" + shown(text) + "', which is not known");
  }

  private long[] numbers(int most) throws IOException {
    next(JsonToken.START_ARRAY, "an array");
    long[] numbers = new long[most];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(JsonToken.VALUE_NUMBER_INT, "a whole number");
      if (count == most) {
        throw refusal("more than " + most + " numbers");
      }
      long number = parser.getLongValue();
      if (number < 0) {
        throw refusal("the number " + number + " is negative");
      }
      numbers[count++] = number;
    }
    return Arrays.copyOf(numbers, count);
  }

  private void next(JsonToken wanted, String what) throws IOException {
    parser.nextToken();
    require(wanted, what);
  }

  private void require(JsonToken wanted, String what) {
    @Nullable JsonToken found = parser.currentToken();
    if (found != wanted) {
      throw refusal("expected " + what + ", found " + (found == null ? "the end" : found.name()));
    }
  }

  private FormatException refusal(String what) {
    return new FormatException(
        where
            + ": the header before byte "
            + parser.currentLocation().getByteOffset()
            + ": "
            + what);
  }

  private static String shown(String text) {
    return text.length() > TensorNames.MAX_LENGTH
        ? text.substring(0, TensorNames.MAX_LENGTH) + "…"
        : text;
  }
}
