// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A training run between two steps. As bytes, big endian: {@code magic i64, version i32, model i32,
 * seed i64, epochs i32, batchSize i32, learningRate f64, momentum f64, step i32, random i64, images
 * i32, their order i32..., parameters i32, their values f64..., velocities f64..., CRC32C of all
 * before i32}.
 */
record RunState(int step, long random, int[] order, double[] parameters, double[] velocity) {
  private static final long MAGIC = 0x52464f4c4454524eL;
  private static final int VERSION = 1;
  private static final int FIXED_BYTES = 72;

  byte[] encode(Settings settings) {
    ByteBuffer out =
        ByteBuffer.allocate(
            FIXED_BYTES + order.length * Integer.BYTES + 2 * parameters.length * Double.BYTES);
    putSettings(out, settings);
    out.putInt(step).putLong(random).putInt(order.length);
    for (int row : order) {
      out.putInt(row);
    }
    out.putInt(parameters.length);
    for (double value : parameters) {
      out.putDouble(value);
    }
    for (double value : velocity) {
      out.putDouble(value);
    }
    out.putInt(crc(out.array(), out.position()));
    return out.array();
  }

  private static void putSettings(ByteBuffer out, Settings settings) {
    out.putLong(MAGIC).putInt(VERSION).putInt(settings.model().code());
    out.putLong(settings.seed()).putInt(settings.epochs()).putInt(settings.batchSize());
    out.putDouble(settings.learningRate()).putDouble(settings.momentum());
  }

  /**
   * Reads what {@link #encode} made.
   *
   * @throws IllegalArgumentException when the bytes are damaged or of other settings
   */
  static RunState decode(byte[] bytes, Settings settings, int parameterCount, int imageCount) {
    int end = bytes.length - Integer.BYTES;
    if (end < 0 || ByteBuffer.wrap(bytes).getInt(end) != crc(bytes, end)) {
      throw new IllegalArgumentException(
          "the state of the training run is damaged: its checksum is wrong");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, end);
    ByteBuffer expected = ByteBuffer.allocate(FIXED_BYTES);
    putSettings(expected, settings);
    try {
      byte[] head = new byte[expected.position()];
      in.get(head);
      if (!ByteBuffer.wrap(head).equals(expected.flip())) {
        throw new IllegalArgumentException(
            "the state belongs to a training run with other settings than " + settings);
      }
      int step = in.getInt();
      long random = in.getLong();
      int[] order = new int[expect(in.getInt(), imageCount)];
      for (int i = 0; i < order.length; i++) {
        order[i] = in.getInt();
      }
      int count = expect(in.getInt(), parameterCount);
      return new RunState(step, random, order, doubles(in, count), doubles(in, count));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("the state of the training run is too short", e);
    }
  }

  private static int expect(int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "the state of the training run has " + found + " values instead of " + expected);
    }
    return found;
  }

  private static double[] doubles(ByteBuffer in, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getDouble();
    }
    return values;
  }

  private static int crc(byte[] bytes, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    return (int) crc.getValue();
  }
}
