// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.tensor.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects what a tree's groups and arrays say about themselves. */
abstract class ZarrMetadata {
  private static final String FORMAT = "zarr_format";

  private final SortedMap<String, byte[]> files = new TreeMap<>();

  static ZarrMetadata of(ZarrVersion version) {
    return version == ZarrVersion.V2 ? new V2() : new V3();
  }

  /** A group at a path, empty for the root. */
  abstract void group(String path, Map<String, ?> attributes);

  /** An array at a path. */
  abstract void array(String path, ZarrArray array, Map<String, Object> attributes);

  /** The files, by path. */
  SortedMap<String, byte[]> files() {
    return files;
  }

  final void file(String path, String name, Object json) {
    files.put(path.isEmpty() ? name : path + "/" + name, CanonicalJson.bytes(json));
  }

  /** What a chunk that is missing would be made of. */
  static Object zero(DType stored) {
    return switch (stored.kind()) {
      case 'b' -> false;
      case 'f' -> 0.0;
      case 'c' -> List.of(0.0, 0.0);
      default -> 0L;
    };
  }

  /** Maps that may hold null, which stands for JSON's. */
  static Map<String, @Nullable Object> json(@Nullable Object... keysAndValues) {
    Map<String, @Nullable Object> map = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
    }
    return map;
  }

  private static final class V2 extends ZarrMetadata {
    private final Map<String, Object> all = new TreeMap<>();

    @Override
    void group(String path, Map<String, ?> attributes) {
      add(path, ".zgroup", Map.of(FORMAT, 2));
      if (!attributes.isEmpty()) {
        add(path, ".zattrs", attributes);
      }
    }

    private void add(String path, String name, Map<String, ?> json) {
      file(path, name, json);
      all.put(path.isEmpty() ? name : path + "/" + name, json);
    }

    @Override
    void array(String path, ZarrArray array, Map<String, Object> attributes) {
      DType dtype = array.dtype();
      DType stored = dtype == DType.BFLOAT16 ? DType.UINT16 : dtype;
      if (stored != dtype) {
        attributes.put(ZarrLayout.TYPE, dtype.name().toLowerCase(Locale.ROOT));
      }
      ChunkCodec codec = array.codec();
      boolean shuffled = codec.shuffle() && dtype.bytes() > 1;
      add(
          path,
          ".zarray",
          json(
              FORMAT,
              2,
              "shape",
              array.shape(),
              "chunks",
              array.grid().chunkShape(),
              "dtype",
              (stored.bytes() == 1 ? "|" : "<") + stored.kind() + stored.bytes(),
              "order",
              "C",
              "fill_value",
              zero(stored),
              "dimension_separator",
              ".",
              "compressor",
              compressor(codec),
              "filters",
              shuffled ? List.of(Map.of("id", "shuffle", "elementsize", dtype.bytes())) : null));
      if (!attributes.isEmpty()) {
        add(path, ".zattrs", attributes);
      }
    }

    private static @Nullable Map<String, Object> compressor(ChunkCodec codec) {
      if (codec.compressor() == Compressor.NONE) {
        return null;
      }
      String level = codec.compressor() == Compressor.LZ4 ? "acceleration" : "level";
      return Map.of("id", codec.compressor().id(), level, codec.level());
    }

    @Override
    SortedMap<String, byte[]> files() {
      file("", ".zmetadata", Map.of("zarr_consolidated_format", 1, "metadata", all));
      return super.files();
    }
  }

  private static final class V3 extends ZarrMetadata {
    @Override
    void group(String path, Map<String, ?> attributes) {
      file(
          path,
          ZarrLayout.V3_FILE,
          Map.of(FORMAT, 3, "node_type", "group", "attributes", attributes));
    }

    @Override
    void array(String path, ZarrArray array, Map<String, Object> attributes) {
      DType dtype = array.dtype();
      DType stored = stored(dtype);
      long[] shape = array.shape();
      long[] chunkShape = array.grid().chunkShape();
      if (stored != dtype) {
        attributes.put(ZarrLayout.TYPE, dtype.name().toLowerCase(Locale.ROOT));
      }
      if (dtype.kind() == 'c') {
        shape = withPairs(shape);
        chunkShape = withPairs(chunkShape);
      }
      file(
          path,
          ZarrLayout.V3_FILE,
          json(
              FORMAT,
              3,
              "node_type",
              "array",
              "shape",
              shape,
              "data_type",
              stored.name().toLowerCase(Locale.ROOT),
              "chunk_grid",
              named("regular", Map.of("chunk_shape", chunkShape)),
              "chunk_key_encoding",
              named("default", Map.of("separator", "/")),
              "fill_value",
              zero(stored),
              "codecs",
              codecs(array.codec()),
              "attributes",
              attributes));
    }

    private static DType stored(DType dtype) {
      return switch (dtype) {
        case BFLOAT16 -> DType.UINT16;
        case COMPLEX64 -> DType.FLOAT32;
        case COMPLEX128 -> DType.FLOAT64;
        default -> dtype;
      };
    }

    private static long[] withPairs(long[] shape) {
      long[] pairs = Arrays.copyOf(shape, shape.length + 1);
      pairs[shape.length] = 2;
      return pairs;
    }

    private static Map<String, Object> named(String name, Map<String, ?> configuration) {
      return Map.of("name", name, "configuration", configuration);
    }

    private static List<Map<String, Object>> codecs(ChunkCodec codec) {
      Map<String, Object> bytes = named("bytes", Map.of("endian", "little"));
      return switch (codec.compressor()) {
        case ZSTD ->
            List.of(bytes, named("zstd", Map.of("level", codec.level(), "checksum", false)));
        case GZIP -> List.of(bytes, named("gzip", Map.of("level", codec.level())));
        default -> List.of(bytes);
      };
    }
  }
}
