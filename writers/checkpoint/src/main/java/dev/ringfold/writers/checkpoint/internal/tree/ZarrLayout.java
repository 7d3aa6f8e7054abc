// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Which files a Zarr tree has and what is in those that hold no elements: the same for the same
 * arrays, byte for byte. Paths are relative to the tree and divided by slashes. Immutable.
 *
 * <p>The root has the attribute {@value #MARK}: every chunk of such a tree is there, so one that is
 * missing is damage and not zeros. A tensor's name is its path, except where that cannot be (a
 * tensor is called as a group is, or as a file of Zarr's own): then the path has a {@code ~}, which
 * no name has, and the attribute {@value #NAME} says the name. The attribute {@value #TYPE} says
 * the type where Zarr has none for it.
 */
public final class ZarrLayout {
  /** Attribute of the root: {@code {"version":1}}. */
  public static final String MARK = "ringfold";

  /** Attribute of an array: the tensor's name. */
  public static final String NAME = "ringfold_name";

  /** Attribute of an array: {@code bfloat16}, {@code complex64} or {@code complex128}. */
  public static final String TYPE = "ringfold_dtype";

  /** File of version 3 that says what a directory is. */
  public static final String V3_FILE = "zarr.json";

  private static final String RESERVED_PREFIX = "__";
  private static final char ESCAPE = '~';

  private final ZarrVersion version;
  private final List<ZarrArray> arrays;
  private final List<String> paths;
  private final SortedMap<String, byte[]> metadata;

  private ZarrLayout(
      ZarrVersion version,
      List<ZarrArray> arrays,
      List<String> paths,
      SortedMap<String, byte[]> metadata) {
    this.version = version;
    this.arrays = arrays;
    this.paths = paths;
    this.metadata = metadata;
  }

  /**
   * The layout of a tree.
   *
   * @param attributes of the root, JSON
   * @param groups that are there even without an array, each one part of a name
   * @param arrays in any order, each name once
   * @throws IllegalArgumentException when two have one name, or when this version cannot hold one
   *     of them
   */
  public static ZarrLayout of(
      ZarrVersion version, Map<String, ?> attributes, List<String> groups, List<ZarrArray> arrays) {
    Set<String> names = new HashSet<>();
    for (ZarrArray array : arrays) {
      version.require(array.codec());
      if (!names.add(array.name())) {
        throw new IllegalArgumentException("Two tensors would be called " + array.name());
      }
    }
    List<String> paths = arrays.stream().map(array -> path(array.name(), names, version)).toList();
    Map<String, Object> root = new TreeMap<>(attributes);
    root.put(MARK, Map.of("version", 1));
    ZarrMetadata texts = ZarrMetadata.of(version);
    texts.group("", root);
    Set<String> all = new TreeSet<>(groups);
    paths.forEach(path -> all.addAll(groups(path)));
    all.forEach(group -> texts.group(group, Map.of()));
    for (int i = 0; i < paths.size(); i++) {
      ZarrArray array = arrays.get(i);
      Map<String, Object> own = new TreeMap<>();
      if (!paths.get(i).equals(array.name())) {
        own.put(NAME, array.name());
      }
      texts.array(paths.get(i), array, own);
    }
    return new ZarrLayout(version, List.copyOf(arrays), paths, texts.files());
  }

  /** The groups above a path, without the root. */
  private static List<String> groups(String path) {
    List<String> groups = new ArrayList<>();
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      groups.add(path.substring(0, slash));
    }
    return groups;
  }

  private static String path(String name, Set<String> names, ZarrVersion version) {
    for (String group : groups(name)) {
      if (names.contains(group)) {
        // A directory is an array or a group: this one cannot be below the other.
        String flat = ESCAPE + name.replace('/', ESCAPE);
        return flat.length() <= TensorNames.MAX_PART_LENGTH ? flat : ESCAPE + sha256(name);
      }
    }
    if (version == ZarrVersion.V2) {
      return name;
    }
    return List.of(name.split("/", -1)).stream()
        .map(part -> isReserved(part) ? ESCAPE + part : part)
        .collect(Collectors.joining("/"));
  }

  private static boolean isReserved(String part) {
    return part.startsWith(RESERVED_PREFIX) || part.equals(V3_FILE);
  }

  private static String sha256(String name) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(name.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** The files without elements, by path, in order. */
  public SortedMap<String, byte[]> metadata() {
    return Collections.unmodifiableSortedMap(metadata);
  }

  /**
   * The path of a chunk.
   *
   * @param array its number in the list given to {@link #of}
   * @param chunk its number in C order of the grid
   */
  public String chunkPath(int array, int chunk) {
    long[] coordinates = arrays.get(array).coordinates(chunk);
    DType dtype = arrays.get(array).dtype();
    String path = paths.get(array);
    if (version == ZarrVersion.V2) {
      return path + "/" + (coordinates.length == 0 ? "0" : joined(coordinates, "."));
    }
    if (dtype.kind() == 'c') {
      coordinates =
          Arrays.copyOf(coordinates, coordinates.length + 1); // 0 along the axis of pairs.
    }
    return path + "/c" + (coordinates.length == 0 ? "" : "/" + joined(coordinates, "/"));
  }

  private static String joined(long[] coordinates, String separator) {
    return LongStream.of(coordinates)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(separator));
  }
}
