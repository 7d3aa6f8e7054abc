// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Arrays of complex numbers in JSON: {@code {"data":"<base64>","dtype":"<c16","encoding":"base64",
 * "shape":[...]}}; read as well are lists of {@code [re,im]} pairs.
 */
final class StateArrays {
  /** NumPy's name of little-endian complex128. */
  static final String DTYPE = "<c16";

  private static final int BYTES = 16;
  private static final String ENCODING = "base64";

  private StateArrays() {}

  static Map<String, Object> form(Tensor tensor) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("dtype", DTYPE);
    map.put("encoding", ENCODING);
    map.put("shape", tensor.shape());
    map.put("data", Base64.getEncoder().encodeToString(tensor.toBytes()));
    return map;
  }

  /** About how many bytes the form takes, its base64 above all. */
  static long formBytes(Tensor tensor) {
    return (tensor.bytes() + 2) / 3 * 4;
  }

  static List<Object> forms(List<Tensor> tensors) {
    List<Object> forms = new ArrayList<>();
    for (Tensor tensor : tensors) {
      forms.add(form(tensor));
    }
    return forms;
  }

  static List<Tensor> tensors(JsonFields fields, String key) {
    List<Tensor> tensors = new ArrayList<>();
    if (fields.has(key)) {
      for (JsonFields each : fields.objects(key)) {
        tensors.add(tensor(each));
      }
    }
    return tensors;
  }

  static Tensor tensor(JsonFields fields) {
    if (!fields.string("dtype").equals(DTYPE) || !fields.string("encoding").equals(ENCODING)) {
      throw new FormatException(
          fields.where()
              + ": expected dtype "
              + DTYPE
              + " in "
              + ENCODING
              + " but found "
              + fields.string("dtype")
              + " in "
              + fields.string("encoding"));
    }
    long[] shape = shape(fields);
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(fields.string("data"));
    } catch (IllegalArgumentException e) {
      throw new FormatException(fields.where() + ": not base64: " + e.getMessage(), e);
    }
    return Tensor.complex128(doubles(bytes), checked(shape, bytes.length, fields.where()));
  }

  private static long[] shape(JsonFields fields) {
    List<Object> list = fields.list("shape");
    long[] shape = new long[list.size()];
    for (int i = 0; i < shape.length; i++) {
      if (!(list.get(i) instanceof Long)) {
        throw new FormatException(fields.where() + ": a dimension is no whole number");
      }
      shape[i] = (Long) list.get(i);
    }
    return shape;
  }

  private static long[] checked(long[] shape, int bytes, String where) {
    long elements;
    try {
      elements = Tensor.elements(shape);
    } catch (IllegalArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
    if (bytes % BYTES != 0 || elements != bytes / BYTES) {
      throw new FormatException(
          where
              + ": expected "
              + elements
              + " elements of "
              + BYTES
              + " bytes but found "
              + bytes
              + " bytes");
    }
    return shape;
  }

  /** The numbers of little-endian bytes; what does not make a whole one is left out. */
  static double[] doubles(byte[] bytes) {
    double[] values = new double[bytes.length / Double.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
    return values;
  }

  /** A list of pairs, or of numbers that are real, as real and imaginary parts in turn. */
  static double[] pairs(JsonFields fields, String key) {
    List<Object> list = fields.list(key);
    double[] values = new double[2 * list.size()];
    boolean real = !list.isEmpty() && list.get(0) instanceof Number;
    double[] reals = real ? fields.reals(key) : new double[0];
    double[][] rows = real ? new double[0][] : fields.rows(key);
    for (int i = 0; i < list.size(); i++) {
      if (real) {
        values[2 * i] = reals[i];
      } else if (rows[i].length == 2) {
        values[2 * i] = rows[i][0];
        values[2 * i + 1] = rows[i][1];
      } else {
        throw new FormatException(
            fields.where() + ": expected pairs as '" + key + "' but one has " + rows[i].length);
      }
    }
    return values;
  }

  /**
   * How many qubits a vector of so many amplitudes has.
   *
   * @throws FormatException when it is no power of two from 2 on
   */
  static int qubits(long amplitudes, String where) {
    int qubits = Long.numberOfTrailingZeros(amplitudes);
    if (Long.bitCount(amplitudes) != 1 || qubits < 1 || qubits > QuantumState.MAX_VECTOR_QUBITS) {
      throw new FormatException(
          where
              + ": expected a vector of 2^n amplitudes, n from 1 to "
              + QuantumState.MAX_VECTOR_QUBITS
              + ", but found "
              + amplitudes);
    }
    return qubits;
  }
}
