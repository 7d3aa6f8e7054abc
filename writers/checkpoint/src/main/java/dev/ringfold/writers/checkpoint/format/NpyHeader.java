// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The header of an array in NumPy's file format: a Python dictionary with three keys, read by a
 * grammar that knows nothing else.
 *
 * <pre>
 * header = "{" { key ":" value "," } [ key ":" value ] "}"     blanks between all of them
 * key    = "'descr'" | "'fortran_order'" | "'shape'"            each once
 * value  = string | "True" | "False" | "(" { number "," } [ number ] ")"
 * </pre>
 */
record NpyHeader(NumpyTypes.Stored type, boolean fortranOrder, long[] shape) {
  private static final int MAX_DIGITS = 18;

  /** NumPy leaves room for this many digits, so that the first dimension can grow in place. */
  private static final int GROWTH_DIGITS = 21;

  /** The dictionary as NumPy writes it, without the blanks that align it. */
  static String format(DType dtype, long[] shape) {
    StringBuilder text = new StringBuilder("{'descr': '");
    text.append(NumpyTypes.name(dtype)).append("', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < shape.length; i++) {
      text.append(i == 0 ? "" : ", ").append(shape[i]);
    }
    text.append(shape.length == 1 ? ",), }" : "), }");
    if (shape.length > 0) {
      text.append(" ".repeat(GROWTH_DIGITS - Long.toString(shape[0]).length()));
    }
    return text.toString();
  }

  /**
   * Reads the dictionary.
   *
   * @param where the file, for messages
   */
  static NpyHeader parse(String text, String where) {
    return new Parser(text, where).header();
  }

  private static final class Parser {
    private final String text;
    private final String where;
    private int at;
    private NumpyTypes.@Nullable Stored type;
    private @Nullable Boolean fortranOrder;
    private long @Nullable [] shape;

    Parser(String text, String where) {
      this.text = text;
      this.where = where;
    }

    NpyHeader header() {
      expect('{');
      while (!take('}')) {
        entry();
        if (!take(',')) {
          expect('}');
          break;
        }
      }
      skipBlanks();
      if (at < text.length()) {
        throw refusal("the end of the header");
      }
      if (type == null || fortranOrder == null || shape == null) {
        throw new FormatException(
            where + ": the array's header lacks one of 'descr', 'fortran_order' and 'shape'");
      }
      return new NpyHeader(type, fortranOrder, shape);
    }

    private void entry() {
      int start = at;
      String key = string();
      expect(':');
      if (key.equals("descr") && type == null) {
        skipBlanks();
        if (at < text.length() && (text.charAt(at) == '[' || text.charAt(at) == '(')) {
          throw new FormatException(
              where + ": the array has records for elements; expected numbers such as '<f4'");
        }
        type = NumpyTypes.parse(string(), where);
      } else if (key.equals("fortran_order") && fortranOrder == null) {
        fortranOrder = bool();
      } else if (key.equals("shape") && shape == null) {
        shape = shape();
      } else {
        at = start;
        throw refusal("'descr', 'fortran_order' or 'shape', each once");
      }
    }

    private String string() {
      skipBlanks();
      char quote = at < text.length() ? text.charAt(at) : ' ';
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0) {
        throw refusal("a text in quotes");
      }
      String value = text.substring(at + 1, end);
      if (value.indexOf('\\') >= 0) {
        throw refusal("a text without a backslash");
      }
      at = end + 1;
      return value;
    }

    private boolean bool() {
      skipBlanks();
      for (boolean value : new boolean[] {true, false}) {
        String word = value ? "True" : "False";
        if (text.startsWith(word, at)) {
          at += word.length();
          return value;
        }
      }
      throw refusal("True or False");
    }

    private long[] shape() {
      long[] dimensions = new long[Tensor.MAX_DIMENSIONS];
      int count = 0;
      expect('(');
      while (!take(')')) {
        if (count == dimensions.length) {
          throw refusal("at most " + dimensions.length + " dimensions");
        }
        dimensions[count++] = number();
        if (!take(',')) {
          if (count == 1) {
            throw refusal("a comma, as one number in brackets is no tuple");
          }
          expect(')');
          break;
        }
      }
      return Arrays.copyOf(dimensions, count);
    }

    private long number() {
      skipBlanks();
      int start = at;
      long value = 0;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        if (at - start == MAX_DIGITS) {
          throw refusal("a number of at most " + MAX_DIGITS + " digits");
        }
        value = value * 10 + (text.charAt(at) - '0');
        at++;
      }
      if (at == start) {
        throw refusal("a number");
      }
      if (at < text.length() && text.charAt(at) == 'L') {
        at++; // Python 2.
      }
      return value;
    }

    private void expect(char wanted) {
      if (!take(wanted)) {
        throw refusal("'" + wanted + "'");
      }
    }

    private boolean take(char wanted) {
      skipBlanks();
      if (at < text.length() && text.charAt(at) == wanted) {
        at++;
        return true;
      }
      return false;
    }

    private void skipBlanks() {
      while (at < text.length() && " \n\t\r".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private FormatException refusal(String expected) {
      String found = text.substring(Math.min(at, text.length()), Math.min(text.length(), at + 24));
      return new FormatException(
          where
              + ": character "
              + at
              + " of the array's header: expected "
              + expected
              + ", found '"
              + found
              + "'");
    }
  }
}
