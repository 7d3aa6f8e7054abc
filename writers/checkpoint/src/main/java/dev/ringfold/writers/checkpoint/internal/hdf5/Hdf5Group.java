// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A group of a file that is being written. Arrays go to the file at once, names and attributes when
 * the file is finished. Used by one thread.
 */
public final class Hdf5Group {
  /** Most bytes of a string that is an attribute. */
  public static final int MAX_ATTRIBUTE_BYTES = 64 << 10;

  private static final int MAX_NAME_BYTES = 1_024;

  /** An attribute is a string, a Long or a Double. */
  private final Map<String, Object> attributes = new LinkedHashMap<>();

  private final Map<String, Child> children = new LinkedHashMap<>();
  private final TargetFile file;
  private final String path;

  private interface Child {}

  private record Array(Messages messages, Map<String, Object> attributes) implements Child {}

  private record Inner(Hdf5Group group) implements Child {}

  Hdf5Group(TargetFile file, String path) {
    this.file = file;
    this.path = path;
  }

  /** A new group in this one. */
  public Hdf5Group group(String name) {
    Hdf5Group group = new Hdf5Group(file, path + name + "/");
    add(name, new Inner(group));
    return group;
  }

  /**
   * A string in UTF-8, as h5py writes one of Python's.
   *
   * @throws FormatException when it has more than {@link #MAX_ATTRIBUTE_BYTES}
   */
  public Hdf5Group attribute(String name, String value) {
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_ATTRIBUTE_BYTES) {
      throw new FormatException(
          "The attribute '"
              + name
              + "' of "
              + path
              + " has "
              + bytes
              + " bytes; HDF5 takes at most "
              + MAX_ATTRIBUTE_BYTES
              + ". Make it an array or shorten it");
    }
    attributes.put(name, value);
    return this;
  }

  /** A signed number of 8 bytes. */
  public Hdf5Group attribute(String name, long value) {
    attributes.put(name, value);
    return this;
  }

  /** A double. */
  public Hdf5Group attribute(String name, double value) {
    attributes.put(name, value);
    return this;
  }

  /** One double, an array without dimensions. */
  public void scalar(String name, double value) {
    tensor(name, Tensor.of(new double[] {value}), Hdf5Storage.PLAIN);
  }

  /** An array. One without elements or without dimensions is never compressed. */
  public void tensor(String name, Tensor tensor, Hdf5Storage storage) {
    long[] shape = tensor.shape();
    Messages messages = new Messages().dataspace(shape).datatype(Types.of(tensor.dtype()));
    int elementBytes = tensor.dtype().bytes();
    if (storage.gzipLevel() == 0 || shape.length == 0 || tensor.elements() == 0) {
      file.alignTo(Long.BYTES);
      long address = file.length();
      file.append(tensor);
      messages.fillValue(false).contiguous(address, tensor.bytes());
    } else {
      ChunkedArray array = new ChunkedArray(tensor, storage);
      messages
          .fillValue(true)
          .chunked(array.write(file), array.chunk(), elementBytes)
          .filters(storage, elementBytes);
    }
    Map<String, Object> marks = new LinkedHashMap<>();
    if (tensor.dtype() == DType.BFLOAT16) {
      marks.put(Hdf5Types.DTYPE_ATTRIBUTE, Hdf5Types.BFLOAT16);
    }
    add(name, new Array(messages, marks));
  }

  /** One string, an array without dimensions, of as many bytes as it has. */
  public void text(String name, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    strings(name, utf8, Math.max(1, utf8.length), isAscii(value));
  }

  /** Strings of a fixed number of bytes, filled up with zeros. */
  public void texts(String name, List<String> values, int bytes) {
    byte[] all = new byte[Math.multiplyExact(values.size(), bytes)];
    boolean ascii = true;
    for (int i = 0; i < values.size(); i++) {
      byte[] utf8 = values.get(i).getBytes(StandardCharsets.UTF_8);
      if (utf8.length > bytes) {
        throw new FormatException(
            "'"
                + values.get(i)
                + "' in "
                + path
                + name
                + " has "
                + utf8.length
                + " bytes; at most "
                + bytes
                + " are possible");
      }
      System.arraycopy(utf8, 0, all, i * bytes, utf8.length);
      ascii &= isAscii(values.get(i));
    }
    strings(name, all, bytes, ascii, values.size());
  }

  private void strings(String name, byte[] bytes, int each, boolean ascii, long... shape) {
    file.alignTo(Long.BYTES);
    long address = file.length();
    file.append(bytes);
    long length = bytes.length;
    if (length == 0 && shape.length == 0) {
      file.append(new byte[each]);
      length = each;
    }
    add(
        name,
        new Array(
            new Messages()
                .dataspace(shape)
                .datatype(Types.string(each, ascii))
                .fillValue(false)
                .contiguous(address, length),
            Map.of()));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private void add(String name, Child child) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_NAME_BYTES || name.indexOf('/') >= 0 || name.equals(".")) {
      throw new FormatException("'" + name + "' in " + path + " cannot be a name in HDF5");
    }
    if (children.putIfAbsent(name, child) != null) {
      throw new FormatException("'" + name + "' is twice in " + path);
    }
  }

  /** Collects all strings of attributes, of this group and below. */
  void collect(GlobalHeap heap) {
    collect(attributes, heap);
    for (Child child : children.values()) {
      if (child instanceof Inner inner) {
        inner.group().collect(heap);
      } else {
        collect(((Array) child).attributes(), heap);
      }
    }
  }

  private static void collect(Map<String, Object> attributes, GlobalHeap heap) {
    for (Object value : attributes.values()) {
      if (value instanceof String string) {
        heap.add(string);
      }
    }
  }

  /** Appends the headers of everything below, then of this group; returns where that is. */
  long write(GlobalHeap heap) {
    Map<String, Long> addresses = new LinkedHashMap<>();
    children.forEach((name, child) -> addresses.put(name, write(child, heap)));
    Messages messages = new Messages().group();
    addresses.forEach(messages::link);
    return append(messages.attributes(encoded(attributes, heap)));
  }

  private long write(Child child, GlobalHeap heap) {
    if (child instanceof Inner inner) {
      return inner.group().write(heap);
    }
    Array array = (Array) child;
    return append(array.messages().attributes(encoded(array.attributes(), heap)));
  }

  private long append(Messages messages) {
    file.alignTo(Long.BYTES);
    long address = file.length();
    file.append(messages.header());
    return address;
  }

  private static List<Messages.Attribute> encoded(Map<String, Object> attributes, GlobalHeap heap) {
    List<Messages.Attribute> list = new ArrayList<>();
    attributes.forEach(
        (name, value) -> {
          if (value instanceof String string) {
            list.add(new Messages.Attribute(name, Types.variableString(), heap.reference(string)));
          } else if (value instanceof Long l) {
            list.add(
                new Messages.Attribute(name, Types.of(DType.INT64), new Bytes().u64(l).toArray()));
          } else {
            list.add(
                new Messages.Attribute(
                    name, Types.of(DType.FLOAT64), new Bytes().f64((Double) value).toArray()));
          }
        });
    return list;
  }
}
