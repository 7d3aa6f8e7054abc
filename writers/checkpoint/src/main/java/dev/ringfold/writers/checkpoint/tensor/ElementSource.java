// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Where a tensor's elements are: copies ranges of them as little-endian bytes. */
abstract class ElementSource {
  private static final int COMPARED_BYTES = 1 << 16;

  private final long bytes;

  private ElementSource(long bytes) {
    this.bytes = bytes;
  }

  long bytes() {
    return bytes;
  }

  /** Copies {@code count} bytes, whole elements, to the target's position and moves it. */
  void copyTo(long offset, ByteBuffer target, int count) {
    ByteOrder order = target.order();
    target.order(ByteOrder.LITTLE_ENDIAN);
    copy(offset, target, count);
    target.order(order);
  }

  /** As {@link #copyTo} with a target that is little-endian. */
  abstract void copy(long offset, ByteBuffer target, int count);

  boolean sameBytes(ElementSource other) {
    if (bytes != other.bytes) {
      return false;
    }
    ByteBuffer mine = ByteBuffer.allocate((int) Math.min(bytes, COMPARED_BYTES));
    ByteBuffer theirs = ByteBuffer.allocate(mine.capacity());
    for (long at = 0; at < bytes; at += mine.limit()) {
      int count = (int) Math.min(mine.capacity(), bytes - at);
      copyTo(at, mine.clear().limit(count), count);
      other.copyTo(at, theirs.clear().limit(count), count);
      if (!mine.flip().equals(theirs.flip())) {
        return false;
      }
    }
    return true;
  }

  static ElementSource of(float[] values) {
    return new ElementSource((long) values.length * Float.BYTES) {
      @Override
      void copy(long offset, ByteBuffer target, int count) {
        target.asFloatBuffer().put(values, (int) (offset / Float.BYTES), count / Float.BYTES);
        target.position(target.position() + count);
      }
    };
  }

  static ElementSource of(double[] values) {
    return new ElementSource((long) values.length * Double.BYTES) {
      @Override
      void copy(long offset, ByteBuffer target, int count) {
        target.asDoubleBuffer().put(values, (int) (offset / Double.BYTES), count / Double.BYTES);
        target.position(target.position() + count);
      }
    };
  }

  static ElementSource of(long[] values) {
    return new ElementSource((long) values.length * Long.BYTES) {
      @Override
      void copy(long offset, ByteBuffer target, int count) {
        target.asLongBuffer().put(values, (int) (offset / Long.BYTES), count / Long.BYTES);
        target.position(target.position() + count);
      }
    };
  }

  static ElementSource of(int[] values) {
    return new ElementSource((long) values.length * Integer.BYTES) {
      @Override
      void copy(long offset, ByteBuffer target, int count) {
        target.asIntBuffer().put(values, (int) (offset / Integer.BYTES), count / Integer.BYTES);
        target.position(target.position() + count);
      }
    };
  }

  static ElementSource of(short[] values) {
    return new ElementSource((long) values.length * Short.BYTES) {
      @Override
      void copy(long offset, ByteBuffer target, int count) {
        target.asShortBuffer().put(values, (int) (offset / Short.BYTES), count / Short.BYTES);
        target.position(target.position() + count);
      }
    };
  }

  static ElementSource of(byte[] values) {
    return new ElementSource(values.length) {
      @Override
      void copy(long offset, ByteBuffer target, int count) {
        target.put(values, (int) offset, count);
      }
    };
  }

  static ElementSource of(boolean[] values) {
    return new ElementSource(values.length) {
      @Override
      void copy(long offset, ByteBuffer target, int count) {
        for (int i = 0; i < count; i++) {
          target.put((byte) (values[(int) offset + i] ? 1 : 0));
        }
      }
    };
  }

  static ElementSource of(List<ByteBuffer> buffers, DType dtype) {
    List<ByteBuffer> views = new ArrayList<>();
    long total = 0;
    for (ByteBuffer buffer : buffers) {
      if (buffer.remaining() % dtype.bytes() != 0) {
        throw new IllegalArgumentException(
            "A buffer of "
                + buffer.remaining()
                + " bytes does not hold whole elements of "
                + dtype
                + ", which have "
                + dtype.bytes());
      }
      views.add(buffer.slice());
      total += buffer.remaining();
    }
    return new Buffers(List.copyOf(views), total);
  }

  private static final class Buffers extends ElementSource {
    private final List<ByteBuffer> views;

    Buffers(List<ByteBuffer> views, long bytes) {
      super(bytes);
      this.views = views;
    }

    @Override
    void copy(long offset, ByteBuffer target, int count) {
      long start = offset;
      int left = count;
      for (ByteBuffer view : views) {
        if (start >= view.limit()) {
          start -= view.limit();
          continue;
        }
        int part = (int) Math.min(left, view.limit() - start);
        target.put(target.position(), view, (int) start, part);
        target.position(target.position() + part);
        left -= part;
        start = 0;
        if (left == 0) {
          return;
        }
      }
    }
  }
}
