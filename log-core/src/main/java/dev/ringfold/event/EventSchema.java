// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * What a version of an event type looks like: the fields of its record with their types, those of
 * nested records included. Of an event that is no record only the class's name is known.
 *
 * @param typeId the type's number
 * @param name its name
 * @param version its schema version
 * @param fields in the order of the record, such as {@code long order, String customer}
 */
public record EventSchema(int typeId, String name, int version, String fields) {
  /** Longer descriptions are cut here, and end with a hash of the whole. */
  static final int MAX_FIELDS_LENGTH = 2_000;

  private static final int MAX_DEPTH = 16;

  /** The schema of a type's newest version. */
  public static EventSchema of(EventType<?> type) {
    String fields = fields(type.eventClass(), new HashSet<>(), 0);
    if (fields.length() > MAX_FIELDS_LENGTH) {
      fields = fields.substring(0, MAX_FIELDS_LENGTH) + " sha256:" + sha256(fields);
    }
    return new EventSchema(type.id(), type.name(), type.schemaVersion(), fields);
  }

  /** SHA-256 of name, version and fields in lower-case hex. */
  public String sha256() {
    return sha256(typeId + " " + version + " " + name + " " + fields);
  }

  private static String fields(Class<?> type, Set<Class<?>> outer, int depth) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      return "class " + type.getSimpleName();
    }
    List<String> parts = new ArrayList<>();
    for (RecordComponent component : components) {
      parts.add(type(component.getGenericType(), outer, depth + 1) + " " + component.getName());
    }
    return String.join(", ", parts);
  }

  private static String type(Type type, Set<Class<?>> outer, int depth) {
    if (type instanceof ParameterizedType generic) {
      List<String> arguments = new ArrayList<>();
      for (Type argument : generic.getActualTypeArguments()) {
        arguments.add(depth < MAX_DEPTH ? type(argument, outer, depth + 1) : "...");
      }
      return type(generic.getRawType(), outer, depth) + "<" + String.join(", ", arguments) + ">";
    }
    if (!(type instanceof Class<?> plain)) {
      return type.getTypeName();
    }
    // A record that holds itself is only opened once.
    if (plain.isRecord() && depth < MAX_DEPTH && outer.add(plain)) {
      String nested = plain.getSimpleName() + "(" + fields(plain, outer, depth) + ")";
      outer.remove(plain);
      return nested;
    }
    return plain.getSimpleName();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
