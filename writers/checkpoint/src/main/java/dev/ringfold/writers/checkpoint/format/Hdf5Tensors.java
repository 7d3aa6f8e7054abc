// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5File;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Group;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Node;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Storage;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Writer;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tensors as plain arrays of an HDF5 file. The slashes of a name are groups; complex numbers and
 * booleans are what h5py takes for such; {@code BFLOAT16}, which HDF5 lacks, is unsigned 16-bit
 * numbers with the attribute {@code ringfold_dtype}.
 *
 * <p>All methods are thread-safe.
 */
public final class Hdf5Tensors {
  private Hdf5Tensors() {}

  /**
   * What a file has.
   *
   * @param tensors by name, sorted
   * @param attributes of the root: String, Long, BigInteger or Double
   */
  public record Content(Map<String, Tensor> tensors, Map<String, Object> attributes) {}

  /**
   * Writes a file, whole or not at all; the same tensors give the same bytes, save for what the
   * JDK's zlib makes of them.
   *
   * @param attributes of the root
   * @param gzipLevel 1 to 9, or 0 for none
   * @param shuffle whether bytes of the same significance are put together before
   * @throws FormatException when an attribute is over 64 KiB, or a name is a group and an array
   * @throws IllegalArgumentException for a name that {@link TensorNames} refuses
   */
  public static void write(
      Path file,
      Map<String, Tensor> tensors,
      Map<String, String> attributes,
      int gzipLevel,
      boolean shuffle) {
    Hdf5Storage storage = new Hdf5Storage(gzipLevel, shuffle && gzipLevel > 0);
    try (Hdf5Writer writer = Hdf5Writer.create(file)) {
      Map<String, Hdf5Group> groups = new HashMap<>();
      groups.put("", writer.root());
      new TreeMap<>(tensors)
          .forEach(
              (name, tensor) -> {
                TensorNames.check(name);
                int slash = name.lastIndexOf('/');
                group(groups, name.substring(0, Math.max(0, slash)))
                    .tensor(name.substring(slash + 1), tensor, storage);
              });
      new TreeMap<>(attributes).forEach(writer.root()::attribute);
      writer.freeze();
    }
  }

  private static Hdf5Group group(Map<String, Hdf5Group> groups, String path) {
    Hdf5Group group = groups.get(path);
    if (group == null) {
      int slash = path.lastIndexOf('/');
      group = group(groups, path.substring(0, Math.max(0, slash))).group(path.substring(slash + 1));
      groups.put(path, group);
    }
    return group;
  }

  /** Reads a file with the limits of {@link FormatLimits#DEFAULT}. */
  public static Content read(Path file) {
    return read(file, FormatLimits.DEFAULT);
  }

  /**
   * Reads all arrays of a file; one array has at most 2 GiB. Types are NumPy's numbers, booleans
   * and complex numbers of either byte order; chunks compressed by gzip or lzf, shuffled or not.
   *
   * @throws FormatException when it is no HDF5 file, is damaged, has something else, or is over a
   *     limit
   */
  public static Content read(Path file, FormatLimits limits) {
    try (Hdf5File open = Hdf5File.open(file, limits)) {
      Map<String, Tensor> tensors = new TreeMap<>();
      Hdf5Node root = open.root();
      collect(root, "", tensors, limits);
      Map<String, Object> attributes = new TreeMap<>();
      for (String name : root.attributeNames()) {
        Object value = root.attribute(name);
        if (value != null) {
          attributes.put(name, value);
        }
      }
      return new Content(
          Collections.unmodifiableMap(tensors), Collections.unmodifiableMap(attributes));
    }
  }

  private static void collect(
      Hdf5Node group, String prefix, Map<String, Tensor> tensors, FormatLimits limits) {
    for (String name : group.names()) {
      Hdf5Node child = group.child(name);
      String path = prefix + name;
      if (child.isGroup()) {
        collect(child, path + "/", tensors, limits);
      } else {
        tensors.put(checked(path, child), child.tensor());
        if (tensors.size() > limits.maxEntries()) {
          throw new FormatException(
              group.where() + ": more than " + limits.maxEntries() + " arrays in one file");
        }
      }
    }
  }

  private static String checked(String path, Hdf5Node node) {
    try {
      return TensorNames.check(path);
    } catch (IllegalArgumentException e) {
      throw new FormatException(node.where() + ": " + e.getMessage(), e);
    }
  }
}
