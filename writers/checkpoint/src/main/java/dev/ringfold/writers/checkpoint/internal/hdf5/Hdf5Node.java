// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group or an array of an {@link Hdf5File}. What is wrong is a {@link FormatException}. */
public final class Hdf5Node {
  private final Hdf5File file;
  private final Node node;
  private final String path;
  private final int depth;

  Hdf5Node(Hdf5File file, Node node, String path, int depth) {
    this.file = file;
    this.node = node;
    this.path = path;
    this.depth = depth;
    file.countNode(where());
    if (depth > file.limits().maxDepth()) {
      throw new FormatException(where() + ": groups deeper than " + file.limits().maxDepth());
    }
    if (node.isLink()) {
      throw new FormatException(
          where() + ": is a soft or external link; such are not followed. Copy what it means");
    }
  }

  /** File and place, for messages. */
  public String where() {
    return file.path() + ":" + path;
  }

  /** Its name, without its groups'. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Whether it is a group. */
  public boolean isGroup() {
    return node instanceof Group;
  }

  /** Names of what is in this group, in the file's order. */
  public List<String> names() {
    Group group = group();
    List<String> names =
        Hdf5File.guarded(where(), () -> new ArrayList<>(group.getChildren().keySet()));
    if (names.size() > file.limits().maxEntries()) {
      throw new FormatException(
          where() + ": has " + names.size() + " names; at most " + file.limits().maxEntries());
    }
    return names;
  }

  /** What has this name in this group, or null. */
  public @Nullable Hdf5Node find(String name) {
    Group group = group();
    List<Node> found =
        Hdf5File.guarded(
            where(),
            () -> {
              Node child = group.getChildren().get(name);
              return child == null ? List.of() : List.of(child);
            });
    return found.isEmpty()
        ? null
        : new Hdf5Node(file, found.get(0), (depth == 0 ? "/" : path + "/") + name, depth + 1);
  }

  /** What has this name in this group; must be there. */
  public Hdf5Node child(String name) {
    Hdf5Node child = find(name);
    if (child == null) {
      throw new FormatException(where() + ": expected '" + name + "' in it but found nothing");
    }
    return child;
  }

  private Group group() {
    if (node instanceof Group group) {
      return group;
    }
    throw new FormatException(where() + ": expected a group but found an array");
  }

  private Dataset dataset() {
    if (node instanceof Dataset dataset) {
      return dataset;
    }
    throw new FormatException(where() + ": expected an array but found a group or a type");
  }

  /** Names of its attributes. */
  public Collection<String> attributeNames() {
    return Hdf5File.guarded(where(), () -> List.copyOf(node.getAttributes().keySet()));
  }

  /**
   * An attribute of one value: a String, a Long, a BigInteger or a Double, or null when there is
   * none or it is empty.
   */
  public @Nullable Object attribute(String name) {
    String place = where() + "@" + name;
    List<Attribute> found =
        Hdf5File.guarded(
            where(),
            () -> {
              Attribute attribute = node.getAttributes().get(name);
              return attribute == null ? List.of() : List.of(attribute);
            });
    if (found.isEmpty()) {
      return null;
    }
    List<Object> values = new ArrayList<>(1);
    Hdf5File.guarded(
        place,
        () -> {
          Attribute attribute = found.get(0);
          if (attribute.isEmpty()) {
            return values;
          }
          if (attribute.getSizeInBytes() > Hdf5Group.MAX_ATTRIBUTE_BYTES) {
            throw new FormatException(
                place
                    + ": has "
                    + attribute.getSizeInBytes()
                    + " bytes; at most "
                    + Hdf5Group.MAX_ATTRIBUTE_BYTES
                    + " are read");
          }
          values.add(single(attribute.getData(), place));
          return values;
        });
    return values.isEmpty() ? null : values.get(0);
  }

  private static Object single(@Nullable Object data, String place) {
    Object value = data;
    for (int i = 0; i < 4 && value != null && value.getClass().isArray(); i++) {
      if (Array.getLength(value) != 1) {
        throw new FormatException(
            place + ": expected one value but found " + Array.getLength(value));
      }
      value = Array.get(value, 0);
    }
    if (value instanceof Float || value instanceof Double) {
      return ((Number) value).doubleValue();
    }
    if (value instanceof String) {
      if (((String) value).length() > Hdf5Group.MAX_ATTRIBUTE_BYTES) {
        throw new FormatException(
            place
                + ": a string of "
                + ((String) value).length()
                + " characters; at most "
                + Hdf5Group.MAX_ATTRIBUTE_BYTES
                + " are read");
      }
      return value;
    }
    if (value instanceof BigInteger) {
      return value;
    }
    if (value instanceof Number) {
      return ((Number) value).longValue();
    }
    throw new FormatException(place + ": expected a string or a number");
  }

  /** Dimensions of this array. */
  public long[] shape() {
    Dataset dataset = dataset();
    return Hdf5File.guarded(where(), dataset::getDimensionsAsLong);
  }

  /** The numbers of this array, in memory, of whatever type. */
  public Tensor tensor() {
    return new ArrayReader(file, dataset(), where()).tensor(attribute(Hdf5Types.DTYPE_ATTRIBUTE));
  }

  /** The strings of this array, of a fixed length or of any. */
  public List<String> strings() {
    return new ArrayReader(file, dataset(), where()).strings();
  }

  /** The only string of this array. */
  public String string() {
    List<String> strings = strings();
    if (strings.size() != 1) {
      throw new FormatException(where() + ": expected one string but found " + strings.size());
    }
    return strings.get(0);
  }
}
