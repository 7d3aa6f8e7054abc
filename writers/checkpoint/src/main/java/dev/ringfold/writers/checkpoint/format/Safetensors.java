// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The safetensors format: a JSON header and the elements, nothing that could be run.
 *
 * <pre>
 * offset size
 *      0    8 length   u64 little-endian, of the header
 *      8    . header   JSON object, padded with blanks to a multiple of 8
 *      .    . elements of all tensors, one after the other, no holes
 *
 * header: {"__metadata__": {"key": "text", ...},
 *          "name": {"dtype": "F32", "shape": [3, 4], "data_offsets": [begin, end]}, ...}
 * </pre>
 *
 * <p>Written is, as by the format's own library, first what has the longest elements, then by name;
 * so every tensor is aligned, and the same tensors give the same bytes. The format knows no complex
 * numbers of 128 bits and, in older readers, none at all: they are stored as floats with one more
 * axis of 2, and the metadata {@value #COMPLEX} names them, so that they are complex again when
 * they are read here. Stateless and thread-safe.
 */
public final class Safetensors {
  /** Key of the metadata that lists the names of complex tensors, with commas between them. */
  public static final String COMPLEX = "ringfold.complex";

  /** Most bytes of a header, as in the format's own library: 100 MB. */
  public static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  private Safetensors() {}

  /** As {@link #read(Path, FormatLimits)}, with {@link FormatLimits#DEFAULT}. */
  public static SafetensorsFile read(Path file) {
    return read(file, FormatLimits.DEFAULT);
  }

  /**
   * Reads all tensors, frozen, and the metadata.
   *
   * @throws FormatException when the file is not of this format, when a tensor's bytes are outside
   *     the file or also another's, when bytes belong to none, when a name is none of {@link
   *     TensorNames}, or when it is over a limit
   * @throws dev.ringfold.StoreAccessException when it cannot be read
   */
  public static SafetensorsFile read(Path file, FormatLimits limits) {
    try (FormatFile in = FormatFile.open(file, limits)) {
      long start = LENGTH_BYTES + headerLength(in, limits);
      byte[] json = in.readArray(LENGTH_BYTES, (int) (start - LENGTH_BYTES));
      SafetensorsHeader header = SafetensorsHeader.parse(json, limits, file.toString());
      checkPlaces(in, header.entries(), start, limits);
      Map<String, String> metadata = new TreeMap<>(header.metadata());
      Set<String> complex = complex(metadata.remove(COMPLEX), header.entries(), file);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (SafetensorsEntry entry : header.entries()) {
        tensors.put(entry.name(), tensor(in, entry, start, complex.contains(entry.name())));
      }
      return new SafetensorsFile(tensors, metadata);
    }
  }

  private static long headerLength(FormatFile in, FormatLimits limits) {
    if (in.size() < LENGTH_BYTES) {
      throw in.refusal(0, "expected the header's length, but the file has " + in.size() + " bytes");
    }
    long length = in.read(0, LENGTH_BYTES).getLong();
    long most = Math.min(MAX_HEADER_BYTES, limits.maxHeaderBytes());
    if (length < 0 || length > most) {
      throw in.refusal(
          0,
          "the header should have "
              + Long.toUnsignedString(length)
              + " bytes, more than the "
              + most
              + " allowed (maxHeaderBytes); perhaps it is no safetensors file");
    }
    if (length > in.size() - LENGTH_BYTES) {
      throw in.refusal(0, "the header should have " + length + " bytes, but the file ends before");
    }
    return length;
  }

  /** Every byte after the header has to belong to exactly one tensor. */
  private static void checkPlaces(
      FormatFile in, List<SafetensorsEntry> entries, long start, FormatLimits limits) {
    List<SafetensorsEntry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
    long end = 0;
    for (SafetensorsEntry entry : sorted) {
      if (entry.begin() != end) {
        throw in.refusal(
            start + Math.min(end, in.size()),
            "expected a tensor here, but "
                + entry.name()
                + " is the next and lies at "
                + entry.begin()
                + " after the header; tensors may not overlap nor leave holes");
      }
      end = entry.end();
    }
    if (end != in.size() - start) {
      throw in.refusal(
          start,
          "the tensors end "
              + end
              + " bytes after the header, the file "
              + (in.size() - start)
              + "; it is cut off, or something was added");
    }
    if (end > limits.maxTotalBytes()) {
      throw Elements.tooLarge(end, limits, in.path().toString());
    }
  }

  private static Tensor tensor(FormatFile in, SafetensorsEntry entry, long start, boolean complex) {
    String where = in.path() + ", tensor " + entry.name();
    List<ByteBuffer> buffers = Elements.allocate(entry.end() - entry.begin(), where);
    long offset = start + entry.begin();
    for (ByteBuffer buffer : buffers) {
      in.read(offset, buffer);
      offset += buffer.limit();
      buffer.flip();
    }
    Elements.requireBooleans(entry.dtype(), buffers, where);
    if (!complex) {
      return Tensor.of(entry.dtype(), buffers, entry.shape()).frozen();
    }
    DType dtype = entry.dtype() == DType.FLOAT32 ? DType.COMPLEX64 : DType.COMPLEX128;
    long[] shape = Arrays.copyOf(entry.shape(), entry.shape().length - 1);
    return Tensor.of(dtype, buffers, shape).frozen();
  }

  /** The tensors that the metadata names to be complex, all of them pairs of floats. */
  private static Set<String> complex(
      @Nullable String list, List<SafetensorsEntry> entries, Path file) {
    Set<String> names = list == null ? Set.of() : new TreeSet<>(Arrays.asList(list.split(",", -1)));
    int found = 0;
    for (SafetensorsEntry entry : entries) {
      long[] shape = entry.shape();
      boolean pairs = shape.length > 0 && shape[shape.length - 1] == 2;
      boolean floats = entry.dtype() == DType.FLOAT32 || entry.dtype() == DType.FLOAT64;
      found += pairs && floats && names.contains(entry.name()) ? 1 : 0;
    }
    if (found != names.size()) {
      throw new FormatException(
          file
              + ": the metadata "
              + COMPLEX
              + " names "
              + names.size()
              + " tensors, but only "
              + found
              + " of them are floats whose last axis has 2");
    }
    return names;
  }

  /** As {@link #write(Path, Map, Map)}, without metadata. */
  public static void write(Path file, Map<String, Tensor> tensors) {
    write(file, tensors, Map.of());
  }

  /**
   * Writes tensors; the file appears complete and forced, or not at all, and replaces another.
   *
   * @throws IllegalArgumentException for a name that is none of {@link TensorNames}, or metadata
   *     called {@value #COMPLEX}
   * @throws FormatException when the header becomes too long
   * @throws dev.ringfold.StoreAccessException when it cannot be written
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    List<SafetensorsEntry> entries = places(tensors);
    byte[] header = header(entries, tensors, metadata, file);
    try (FormatOutput out = FormatOutput.create(file)) {
      ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(header.length).flip());
      out.write(header);
      for (SafetensorsEntry entry : entries) {
        out.write(Objects.requireNonNull(tensors.get(entry.name())));
      }
      out.finish();
    }
  }

  private static List<SafetensorsEntry> places(Map<String, Tensor> tensors) {
    List<Map.Entry<String, Tensor>> sorted = new ArrayList<>(tensors.entrySet());
    sorted.sort(
        Comparator.comparing(
                (Map.Entry<String, Tensor> entry) ->
                    -SafetensorsEntry.stored(entry.getValue().dtype()).bytes())
            .thenComparing(Map.Entry::getKey));
    List<SafetensorsEntry> entries = new ArrayList<>();
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : sorted) {
      Tensor tensor = entry.getValue();
      DType stored = SafetensorsEntry.stored(tensor.dtype());
      long[] shape = tensor.shape();
      if (stored != tensor.dtype()) {
        shape = Arrays.copyOf(shape, shape.length + 1);
        shape[shape.length - 1] = 2;
      }
      long end = Math.addExact(offset, tensor.bytes());
      entries.add(
          new SafetensorsEntry(TensorNames.check(entry.getKey()), stored, shape, offset, end));
      offset = end;
    }
    return entries;
  }

  private static byte[] header(
      List<SafetensorsEntry> entries,
      Map<String, Tensor> tensors,
      Map<String, String> metadata,
      Path file) {
    if (tensors.containsKey(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          "No tensor can be called " + SafetensorsHeader.METADATA + " in a safetensors file");
    }
    Map<String, String> texts = new HashMap<>(metadata);
    String complex =
        String.join(
            ",",
            new TreeMap<>(tensors)
                .entrySet().stream()
                    .filter(entry -> entry.getValue().dtype().kind() == 'c')
                    .map(Map.Entry::getKey)
                    .toList());
    if (metadata.containsKey(COMPLEX)) {
      throw new IllegalArgumentException("The metadata " + COMPLEX + " is written by itself");
    }
    if (!complex.isEmpty()) {
      texts.put(COMPLEX, complex);
    }
    StringBuilder json = new StringBuilder("{");
    if (!texts.isEmpty()) {
      json.append("\"__metadata__\":").append(CanonicalJson.text(texts));
    }
    for (SafetensorsEntry entry : entries) {
      json.append(json.length() == 1 ? "" : ",");
      json.append('"').append(entry.name()).append("\":{\"dtype\":\"");
      json.append(SafetensorsEntry.typeName(entry.dtype())).append("\",\"shape\":");
      json.append(Arrays.toString(entry.shape()).replace(" ", "")).append(",\"data_offsets\":[");
      json.append(entry.begin()).append(',').append(entry.end()).append("]}");
    }
    byte[] bytes = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_HEADER_BYTES) {
      throw new FormatException(
          file
              + ": the header has "
              + bytes.length
              + " bytes, at most "
              + MAX_HEADER_BYTES
              + " are allowed; write fewer tensors or less metadata");
    }
    int length = (bytes.length + LENGTH_BYTES - 1) / LENGTH_BYTES * LENGTH_BYTES;
    byte[] padded = Arrays.copyOf(bytes, length);
    Arrays.fill(padded, bytes.length, length, (byte) ' ');
    return padded;
  }
}
