// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.json;

import dev.ringfold.writers.checkpoint.format.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a JSON object that came from a file; each wrong one is a {@link
 * FormatException} that names it.
 *
 * <p>Numbers JSON has no form for are the strings {@code "NaN"}, {@code "Infinity"} and {@code
 * "-Infinity"}.
 */
public final class JsonFields {
  private final Map<String, Object> map;
  private final String where;

  private JsonFields(Map<String, Object> map, String where) {
    this.map = map;
    this.where = where;
  }

  /** The fields of an object; {@code where} says file and part. */
  public static JsonFields of(Map<String, Object> map, String where) {
    return new JsonFields(map, where);
  }

  /** The object itself. */
  public Map<String, Object> map() {
    return map;
  }

  /** File and part, for messages. */
  public String where() {
    return where;
  }

  /** Whether a field is there and not null. */
  public boolean has(String key) {
    return map.get(key) != null;
  }

  /** A string; must be there. */
  public String string(String key) {
    Object value = map.get(key);
    if (value instanceof String string) {
      return string;
    }
    throw wrong(key, "a string", value);
  }

  /** A string, or null without. */
  public @Nullable String optionalString(String key) {
    return has(key) ? string(key) : null;
  }

  /** A whole number of a range; must be there. */
  public int integer(String key, int least, int most) {
    Object value = map.get(key);
    if (value instanceof Long l && l >= least && l <= most) {
      return l.intValue();
    }
    throw wrong(key, "a whole number from " + least + " to " + most, value);
  }

  /** A number, by its string when it is not finite; must be there. */
  public double real(String key) {
    return real(map.get(key), key);
  }

  /** An object; must be there. */
  public JsonFields object(String key) {
    Object value = map.get(key);
    if (value instanceof Map) {
      @SuppressWarnings("unchecked")
      Map<String, Object> inner = (Map<String, Object>) value;
      return new JsonFields(inner, where + "." + key);
    }
    throw wrong(key, "an object", value);
  }

  /** The map of an object, empty without. */
  public Map<String, Object> optionalMap(String key) {
    return has(key) ? object(key).map : Map.of();
  }

  /** A list; must be there. */
  public List<Object> list(String key) {
    Object value = map.get(key);
    if (value instanceof List) {
      @SuppressWarnings("unchecked")
      List<Object> list = (List<Object>) value;
      return list;
    }
    throw wrong(key, "an array", value);
  }

  /** A list, empty without. */
  public List<Object> optionalList(String key) {
    return has(key) ? list(key) : List.of();
  }

  /** A list of objects; must be there. */
  public List<JsonFields> objects(String key) {
    List<JsonFields> objects = new ArrayList<>();
    for (Object each : list(key)) {
      if (!(each instanceof Map)) {
        throw wrong(key, "an array of objects", each);
      }
      @SuppressWarnings("unchecked")
      Map<String, Object> inner = (Map<String, Object>) each;
      objects.add(new JsonFields(inner, where + "." + key + "[" + objects.size() + "]"));
    }
    return objects;
  }

  /** A list of numbers; must be there. */
  public double[] reals(String key) {
    return reals(list(key), key);
  }

  /** A list of lists of numbers, none without. */
  public double[][] rows(String key) {
    List<Object> list = optionalList(key);
    double[][] rows = new double[list.size()][];
    for (int i = 0; i < rows.length; i++) {
      if (!(list.get(i) instanceof List)) {
        throw wrong(key, "an array of arrays", list.get(i));
      }
      rows[i] = reals((List<?>) list.get(i), key);
    }
    return rows;
  }

  private double[] reals(List<?> list, String key) {
    double[] values = new double[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = real(list.get(i), key);
    }
    return values;
  }

  private double real(@Nullable Object value, String key) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if ("NaN".equals(value)) {
      return Double.NaN;
    }
    if ("Infinity".equals(value)) {
      return Double.POSITIVE_INFINITY;
    }
    if ("-Infinity".equals(value)) {
      return Double.NEGATIVE_INFINITY;
    }
    throw wrong(key, "a number", value);
  }

  /** A number as JSON can hold it: itself, or its name when it is not finite. */
  public static Object form(double value) {
    return Double.isFinite(value) ? (Object) value : Double.toString(value);
  }

  /** Numbers as JSON can hold them. */
  public static List<Object> forms(double[] values) {
    List<Object> forms = new ArrayList<>(values.length);
    for (double value : values) {
      forms.add(form(value));
    }
    return forms;
  }

  /** Rows of numbers as JSON can hold them. */
  public static List<Object> forms(double[][] rows) {
    List<Object> forms = new ArrayList<>(rows.length);
    for (double[] row : rows) {
      forms.add(forms(row));
    }
    return forms;
  }

  private FormatException wrong(String key, String expected, @Nullable Object found) {
    String text = found == null ? "nothing" : JsonTree.kind(found);
    if (found instanceof Number || found instanceof String) {
      String shown = found.toString();
      text += " (" + (shown.length() > 40 ? shown.substring(0, 40) + "…" : shown) + ")";
    }
    return new FormatException(
        where + ": expected " + expected + " as '" + key + "' but found " + text);
  }
}
