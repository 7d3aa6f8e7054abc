// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.io;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** zlib streams (RFC 1950), written to files and read in steps with a cap. */
public final class Zlib {
  private static final int STEP_BYTES = 1 << 16;
  private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

  private Zlib() {}

  /**
   * Inflates one whole stream.
   *
   * @param maxBytes most bytes it may become
   * @param limits for its ratio
   * @throws FormatException when it is no whole stream, more follows, or it is over a limit
   */
  public static byte[] inflate(byte[] stored, String where, long maxBytes, FormatLimits limits) {
    long most = Math.min(maxBytes, MAX_ARRAY_BYTES);
    long byRatio = Math.max(FormatLimits.FREE_BYTES, (long) stored.length * limits.maxRatio());
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stored);
      byte[] out = new byte[(int) Math.min(most, Math.max(1_024L, 4L * stored.length))];
      int length = 0;
      while (!inflater.finished()) {
        if (length == out.length) {
          long grown = Math.min(Math.min(most, byRatio) + 1, 2L * out.length);
          if (length > most || length > byRatio || grown <= length) {
            throw tooLarge(where, stored.length, Math.min(most, byRatio));
          }
          out = Arrays.copyOf(out, (int) Math.min(grown, MAX_ARRAY_BYTES));
        }
        int count = inflater.inflate(out, length, Math.min(STEP_BYTES, out.length - length));
        if (count == 0 && !inflater.finished()) {
          throw new FormatException(
              where
                  + ": the zlib stream "
                  + (inflater.needsDictionary()
                      ? "needs a dictionary"
                      : "is cut off after " + stored.length + " bytes"));
        }
        length += count;
        if (length > most || length > byRatio) {
          throw tooLarge(where, stored.length, Math.min(most, byRatio));
        }
      }
      if (inflater.getRemaining() > 0) {
        throw new FormatException(
            where + ": " + inflater.getRemaining() + " bytes follow the zlib stream");
      }
      return length == out.length ? out : Arrays.copyOf(out, length);
    } catch (DataFormatException e) {
      throw new FormatException(where + ": not a zlib stream: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  private static FormatException tooLarge(String where, int stored, long most) {
    return new FormatException(
        where
            + ": a zlib stream of "
            + stored
            + " bytes becomes more than "
            + most
            + "; when that is meant, read it with other limits");
  }

  /** Deflates a tensor's little-endian bytes to the end of a file; returns how many it became. */
  public static long deflate(Tensor tensor, int level, TargetFile target) {
    try (Stream stream = new Stream(level, target)) {
      byte[] piece = new byte[STEP_BYTES];
      for (long at = 0; at < tensor.bytes(); ) {
        ByteBuffer view = ByteBuffer.wrap(piece);
        tensor.copyTo(at, view);
        at += view.position();
        stream.write(piece, view.position());
      }
      return stream.finish();
    }
  }

  /** A stream that is written in pieces to the end of a file. */
  public static final class Stream implements AutoCloseable {
    private final Deflater deflater;
    private final TargetFile target;
    private final byte[] out = new byte[STEP_BYTES];

    /** Begins a stream with a level from 1 to 9. */
    public Stream(int level, TargetFile target) {
      this.deflater = new Deflater(level);
      this.target = target;
    }

    /** Appends the beginning of an array. */
    public void write(byte[] bytes, int count) {
      deflater.setInput(bytes, 0, count);
      while (!deflater.needsInput()) {
        drain(Deflater.NO_FLUSH);
      }
    }

    /** Bytes given so far. */
    public long rawBytes() {
      return deflater.getBytesRead();
    }

    /** Bytes they became, after all of them are in the file. */
    public long flush() {
      while (drain(Deflater.SYNC_FLUSH) == out.length) {
        // A full buffer may have left something behind.
        continue;
      }
      return deflater.getBytesWritten();
    }

    /** Ends the stream; returns how many bytes it has. */
    public long finish() {
      deflater.finish();
      while (!deflater.finished()) {
        drain(Deflater.NO_FLUSH);
      }
      return deflater.getBytesWritten();
    }

    private int drain(int flush) {
      int count = deflater.deflate(out, 0, out.length, flush);
      target.append(out, 0, count);
      return count;
    }

    @Override
    public void close() {
      deflater.end();
    }
  }
}
