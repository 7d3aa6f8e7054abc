// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.internal.tree.ZarrLayout;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads one Zarr tree. Links in it are not followed. */
final class ZarrReader {
  private static final String V2_GROUP = ".zgroup";
  private static final String V2_ARRAY = ".zarray";
  private static final String V2_ATTRIBUTES = ".zattrs";

  /** What the JSON of an array or a group never needs, without attributes. */
  private static final int MAX_METADATA_BYTES = 1 << 20;

  private final Path root;
  private final FormatLimits limits;
  private final Map<String, Tensor> tensors = new TreeMap<>();
  private final ZarrArrayReader arrays;
  private int entries;
  private boolean complete;

  ZarrReader(Path root, FormatLimits limits) {
    this.root = root;
    this.limits = limits;
    this.arrays = new ZarrArrayReader(root, limits);
  }

  ZarrTree read() {
    Map<String, Object> attributes;
    if (isFile(root.resolve(ZarrLayout.V3_FILE))) {
      JsonFields group = json(root.resolve(ZarrLayout.V3_FILE), limits.maxHeaderBytes());
      requireGroup(group);
      attributes = group.optionalMap("attributes");
      complete = attributes.containsKey(ZarrLayout.MARK);
      walk(root, "", 1, true);
    } else if (isFile(root.resolve(V2_GROUP))) {
      json(root.resolve(V2_GROUP), MAX_METADATA_BYTES).integer("zarr_format", 2, 2);
      attributes = attributes(root);
      complete = attributes.containsKey(ZarrLayout.MARK);
      walk(root, "", 1, false);
    } else {
      throw new FormatException(
          root
              + " is no Zarr group: expected "
              + V2_GROUP
              + " or "
              + ZarrLayout.V3_FILE
              + " in it. Give the directory of the outermost group");
    }
    Map<String, Object> own = new TreeMap<>(attributes);
    own.remove(ZarrLayout.MARK);
    return new ZarrTree(tensors, own);
  }

  private void walk(Path group, String prefix, int depth, boolean v3) {
    if (depth > limits.maxDepth()) {
      throw new FormatException(
          group + " is nested deeper than the " + limits.maxDepth() + " allowed (maxDepth)");
    }
    for (String name : directories(group)) {
      Path directory = group.resolve(name);
      String path = prefix + name;
      if (v3 && isFile(directory.resolve(ZarrLayout.V3_FILE))) {
        JsonFields json = json(directory.resolve(ZarrLayout.V3_FILE), limits.maxHeaderBytes());
        if (json.string("node_type").equals("array")) {
          add(directory, path, ZarrJson.v3(json));
        } else {
          requireGroup(json);
          walk(directory, path + "/", depth + 1, true);
        }
      } else if (!v3 && isFile(directory.resolve(V2_ARRAY))) {
        JsonFields json = json(directory.resolve(V2_ARRAY), MAX_METADATA_BYTES);
        add(directory, path, ZarrJson.v2(json, attributes(directory)));
      } else if (!v3 && isFile(directory.resolve(V2_GROUP))) {
        walk(directory, path + "/", depth + 1, false);
      }
    }
  }

  private static void requireGroup(JsonFields json) {
    json.integer("zarr_format", 3, 3);
    String type = json.string("node_type");
    if (!type.equals("group")) {
      throw new FormatException(json.where() + ": expected a group, found '" + type + "'");
    }
  }

  /** Names of the directories in a group, sorted. */
  private List<String> directories(Path group) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(group)) {
      for (Path entry : found) {
        if (++entries > limits.maxEntries()) {
          throw new FormatException(
              root
                  + " has more entries in groups than the "
                  + limits.maxEntries()
                  + " allowed (maxEntries)");
        }
        if (Files.isSymbolicLink(entry)) {
          throw new FormatException(entry + " is a symbolic link, which is not followed");
        }
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          names.add(String.valueOf(entry.getFileName()));
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot list", group, e);
    }
    Collections.sort(names);
    return names;
  }

  private static boolean isFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private Map<String, Object> attributes(Path directory) {
    Path file = directory.resolve(V2_ATTRIBUTES);
    return isFile(file) ? json(file, limits.maxHeaderBytes()).map() : Map.of();
  }

  private JsonFields json(Path file, int maxBytes) {
    int most = Math.min(maxBytes, limits.maxHeaderBytes());
    FormatLimits own = limits.withMaxFileBytes(Math.min(limits.maxFileBytes(), most));
    try (FormatFile in = FormatFile.open(file, own, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readArray(0, (int) in.size());
      String where = file.toString();
      return JsonFields.of(CanonicalJson.parseObject(bytes, where, limits), where);
    }
  }

  private void add(Path directory, String path, ZarrDescription info) {
    Object named = info.attributes().getOrDefault(ZarrLayout.NAME, path);
    String name;
    try {
      name = TensorNames.check(String.valueOf(named));
    } catch (IllegalArgumentException e) {
      throw new FormatException(directory + ": " + e.getMessage(), e);
    }
    List<ByteBuffer> buffers = arrays.read(directory, info, complete);
    Tensor tensor = typed(directory, info, buffers);
    if (tensors.put(name, tensor.frozen()) != null) {
      throw new FormatException(directory + ": two arrays are called " + name);
    }
  }

  /** With the type that the attributes say, where Zarr has none for it. */
  private static Tensor typed(Path directory, ZarrDescription info, List<ByteBuffer> buffers) {
    DType dtype = info.dtype();
    long[] shape = info.shape();
    Object type = info.attributes().get(ZarrLayout.TYPE);
    if (type == null) {
      return Tensor.of(dtype, buffers, shape);
    }
    boolean pairs = shape.length > 0 && shape[shape.length - 1] == 2;
    if (type.equals("bfloat16") && dtype == DType.UINT16) {
      return Tensor.of(DType.BFLOAT16, buffers, shape);
    }
    if (type.equals("complex64") && dtype == DType.FLOAT32 && pairs) {
      return Tensor.of(DType.COMPLEX64, buffers, Arrays.copyOf(shape, shape.length - 1));
    }
    if (type.equals("complex128") && dtype == DType.FLOAT64 && pairs) {
      return Tensor.of(DType.COMPLEX128, buffers, Arrays.copyOf(shape, shape.length - 1));
    }
    throw new FormatException(
        directory + ": the attribute " + ZarrLayout.TYPE + " does not fit elements of " + dtype);
  }
}
