// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * NumPy's format of several named arrays, {@code .npz}: a zip archive of {@link Npy} files. {@code
 * numpy.load} reads what is written, and what {@code numpy.savez} and {@code savez_compressed}
 * write is read. The same arrays give the same bytes; of a compressed archive that holds for one
 * JDK, whose zlib decides. Stateless and thread-safe.
 */
public final class Npz {
  /** Level of compression that {@code numpy.savez_compressed} takes. */
  public static final int DEFAULT_LEVEL = 6;

  private static final String SUFFIX = ".npy";
  private static final int MAX_LEVEL = 9;

  private Npz() {}

  /** As {@link #read(Path, FormatLimits)}, with {@link FormatLimits#DEFAULT}. */
  public static Map<String, Tensor> read(Path file) {
    return read(file, FormatLimits.DEFAULT);
  }

  /**
   * Reads all arrays.
   *
   * @return the arrays, frozen, by name without {@code .npy}, in the archive's order
   * @throws FormatException when the file is not an archive of arrays of numbers, when a name is
   *     none of {@link TensorNames}, or when it is over a limit
   * @throws dev.ringfold.StoreAccessException when it cannot be read
   */
  public static Map<String, Tensor> read(Path file, FormatLimits limits) {
    try (FormatFile in = FormatFile.open(file, limits)) {
      List<ZipItem> items = ZipDirectory.read(in, limits);
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      items.forEach(item -> name(in, item)); // All names before the first array.
      for (ZipItem item : items) {
        try (ZipInput bytes = new ZipInput(in, item, file + ", entry " + item.name())) {
          arrays.put(name(in, item), Npy.read(bytes, limits));
        }
      }
      return Collections.unmodifiableMap(arrays);
    }
  }

  private static String name(FormatFile in, ZipItem item) {
    String name = item.name();
    if (!name.endsWith(SUFFIX)) {
      throw in.refusal(
          item.offset(), "the entry '" + shown(name) + "' is no array; expected a name in .npy");
    }
    try {
      return TensorNames.check(name.substring(0, name.length() - SUFFIX.length()));
    } catch (IllegalArgumentException e) {
      throw new FormatException(in.path() + ", offset " + item.offset() + ": " + e.getMessage(), e);
    }
  }

  private static String shown(String name) {
    return name.length() > TensorNames.MAX_LENGTH
        ? name.substring(0, TensorNames.MAX_LENGTH) + "…"
        : name;
  }

  /**
   * Writes arrays, not compressed, sorted by name; the file appears complete and forced, or not at
   * all, and replaces another.
   *
   * @throws IllegalArgumentException for a name that is none of {@link TensorNames}
   * @throws FormatException when NumPy has no such type of elements
   * @throws dev.ringfold.StoreAccessException when it cannot be written
   */
  public static void write(Path file, Map<String, Tensor> arrays) {
    write(file, arrays, 0);
  }

  /**
   * As {@link #write(Path, Map)}, compressed.
   *
   * @param level of compression, 1 to 9; 0 for none
   */
  public static void write(Path file, Map<String, Tensor> arrays, int level) {
    if (level < 0 || level > MAX_LEVEL) {
      throw new IllegalArgumentException("level must be 0 to " + MAX_LEVEL + " but was " + level);
    }
    Map<String, byte[]> headers = new TreeMap<>();
    arrays.forEach((name, array) -> headers.put(TensorNames.check(name), Npy.header(array)));
    try (FormatOutput out = FormatOutput.create(file)) {
      ZipOutput zip = new ZipOutput(out, level);
      for (Map.Entry<String, byte[]> header : headers.entrySet()) {
        Tensor array = java.util.Objects.requireNonNull(arrays.get(header.getKey()));
        zip.add(header.getKey() + SUFFIX, header.getValue(), array);
      }
      zip.finish();
      out.finish();
    }
  }
}
