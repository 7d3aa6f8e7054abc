// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Understands the JSON of Zarr arrays, as far as their elements can be read here. */
final class ZarrJson {
  private static final int MAX_SHUFFLE_BYTES = 64;

  private final JsonFields json;
  private final String where;

  private ZarrJson(JsonFields json) {
    this.json = json;
    this.where = json.where();
  }

  /** Version 2's {@code .zarray}, and the attributes that lie beside it. */
  static ZarrDescription v2(JsonFields json, Map<String, Object> attributes) {
    return new ZarrJson(json).v2(attributes);
  }

  /** Version 3's {@code zarr.json} of an array. */
  static ZarrDescription v3(JsonFields json) {
    return new ZarrJson(json).v3();
  }

  private ZarrDescription v2(Map<String, Object> attributes) {
    json.integer("zarr_format", 2, 2);
    NumpyTypes.Stored type = NumpyTypes.parse(json.string("dtype"), where);
    String order = json.string("order");
    if (!order.equals("C") && !order.equals("F")) {
      throw refusal("expected the order C or F, found '" + order + "'");
    }
    int shuffleBytes = shuffleBytes();
    Compressor compressor =
        json.has("compressor")
            ? compressor(json.object("compressor").string("id"))
            : Compressor.NONE;
    long[] shape = numbers("shape", json.list("shape"), 0);
    return new ZarrDescription(
        type.dtype(),
        type.bigEndian(),
        shape,
        chunkShape(json.list("chunks"), shape),
        order.equals("F"),
        codec(compressor, shuffleBytes > 0),
        shuffleBytes,
        "",
        separator(json, "dimension_separator", "."),
        ZarrFill.bytes(type.dtype(), json.map().get("fill_value"), where),
        attributes);
  }

  private int shuffleBytes() {
    List<Object> filters = json.optionalList("filters");
    if (filters.isEmpty()) {
      return 0;
    }
    JsonFields filter = json.objects("filters").get(0);
    if (filters.size() > 1 || !filter.string("id").equals("shuffle")) {
      throw refusal("only the filter shuffle can be read, and only once");
    }
    return filter.integer("elementsize", 1, MAX_SHUFFLE_BYTES);
  }

  private ZarrDescription v3() {
    json.integer("zarr_format", 3, 3);
    DType dtype = dtype(json.string("data_type"));
    long[] shape = numbers("shape", json.list("shape"), 0);
    JsonFields grid = json.object("chunk_grid");
    requireName(grid, "regular");
    JsonFields keys = json.object("chunk_key_encoding");
    boolean isDefault = keys.string("name").equals("default");
    if (!isDefault) {
      requireName(keys, "v2");
    }
    if (!json.optionalList("storage_transformers").isEmpty()) {
      throw refusal("storage transformers cannot be read");
    }
    JsonFields keyOptions =
        JsonFields.of(keys.optionalMap("configuration"), where + ".chunk_key_encoding");
    Codecs codecs = codecs(dtype);
    return new ZarrDescription(
        dtype,
        codecs.bigEndian && dtype.bytes() > 1,
        shape,
        chunkShape(grid.object("configuration").list("chunk_shape"), shape),
        false,
        codec(codecs.compressor, codecs.shuffleBytes > 0),
        codecs.shuffleBytes,
        isDefault ? "c" : "",
        separator(keyOptions, "separator", isDefault ? "/" : "."),
        ZarrFill.bytes(dtype, json.map().get("fill_value"), where),
        json.optionalMap("attributes"));
  }

  private DType dtype(String name) {
    for (DType dtype : DType.values()) {
      if (dtype.name().toLowerCase(Locale.ROOT).equals(name)) {
        return dtype;
      }
    }
    throw refusal("elements of type '" + shown(name) + "' are not known");
  }

  private static final class Codecs {
    private boolean bigEndian;
    private int shuffleBytes;
    private Compressor compressor = Compressor.NONE;
  }

  /** In order: bytes, then perhaps shuffle, then perhaps a compressor. */
  private Codecs codecs(DType dtype) {
    List<JsonFields> steps = new ArrayList<>(json.objects("codecs"));
    Codecs codecs = new Codecs();
    if (steps.isEmpty()) {
      throw refusal("expected the codec 'bytes' first");
    }
    JsonFields bytes = steps.remove(0);
    requireName(bytes, "bytes");
    Map<String, Object> options = bytes.optionalMap("configuration");
    Object endian = options.getOrDefault("endian", dtype.bytes() == 1 ? "little" : "");
    if (!endian.equals("little") && !endian.equals("big")) {
      throw refusal("the codec bytes has no byte order 'little' or 'big'");
    }
    codecs.bigEndian = endian.equals("big");
    if (!steps.isEmpty() && steps.get(0).string("name").equals("numcodecs.shuffle")) {
      JsonFields shuffle = steps.remove(0);
      codecs.shuffleBytes =
          shuffle.object("configuration").integer("elementsize", 1, MAX_SHUFFLE_BYTES);
    }
    if (!steps.isEmpty()) {
      String name = steps.remove(0).string("name");
      codecs.compressor = compressor(name.replaceFirst("^numcodecs\\.", ""));
    }
    if (!steps.isEmpty()) {
      throw refusal("the codec '" + shown(steps.get(0).string("name")) + "' cannot be read here");
    }
    return codecs;
  }

  private Compressor compressor(String id) {
    for (Compressor compressor : Compressor.values()) {
      if (compressor != Compressor.NONE && compressor.id().equals(id)) {
        return compressor;
      }
    }
    throw refusal(
        "the compression '" + shown(id) + "' cannot be read; expected zstd, gzip, lz4 or none");
  }

  private static ChunkCodec codec(Compressor compressor, boolean shuffle) {
    ChunkCodec codec = ChunkCodec.of(compressor);
    return shuffle ? codec.shuffled() : codec;
  }

  private String separator(JsonFields fields, String key, String usual) {
    String found = fields.optionalString(key);
    if (found != null && !found.equals(".") && !found.equals("/")) {
      throw refusal("expected '.' or '/' as " + key + ", found '" + shown(found) + "'");
    }
    return found == null ? usual : found;
  }

  private void requireName(JsonFields fields, String name) {
    String found = fields.string("name");
    if (!found.equals(name)) {
      throw refusal("'" + shown(found) + "' cannot be read, expected '" + name + "'");
    }
  }

  private long[] chunkShape(List<Object> values, long[] shape) {
    long[] chunkShape = numbers("chunks", values, 1);
    if (chunkShape.length != shape.length) {
      throw refusal(
          "the chunks have " + chunkShape.length + " dimensions, the array " + shape.length);
    }
    return chunkShape;
  }

  private long[] numbers(String what, List<Object> values, long least) {
    if (values.size() > Tensor.MAX_DIMENSIONS) {
      throw refusal(what + " has more than " + Tensor.MAX_DIMENSIONS + " dimensions");
    }
    long[] numbers = new long[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      @Nullable Object value = values.get(i);
      if (!(value instanceof Long number) || number < least) {
        throw refusal(what + " has a dimension that is no number from " + least);
      }
      numbers[i] = number;
    }
    return numbers;
  }

  private FormatException refusal(String what) {
    return new FormatException(where + ": " + what);
  }

  private static String shown(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
