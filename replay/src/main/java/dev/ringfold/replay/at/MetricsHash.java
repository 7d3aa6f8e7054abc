// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricType;
import dev.ringfold.replay.transfer.MetricRow;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A hash of rows of metrics that does not depend on where they come from: not on the order of rows
 * or columns, not on columns without a value, not on how rows are spread over files. One thread.
 *
 * <p>Definition: each row is written as {@link DataOutputStream} does, big-endian: sequence (i64),
 * run (i32 length and UTF-8), attempt (i32), kind (i8, {@code MetricsLogged.Kind.code}), event time
 * in ns (i64), epoch (i64), step (i64), and for each cell that is present, in ascending order of
 * the columns' names as UTF-16: name (i32 length and UTF-8), type (i8, {@code MetricType.code}) and
 * value (doubles as their raw bits, i64; booleans one byte; texts i32 length and UTF-8). The four
 * 64-bit words of each row's SHA-256 are added up, modulo 2^64. The hash is the SHA-256 of the
 * number of rows (i64) and the four sums.
 */
public final class MetricsHash {
  private static final int WORDS = 4;

  private final List<MetricColumn> columns;
  private final List<Integer> order = new ArrayList<>();
  private final byte[][] names;
  private final long[] sums = new long[WORDS];
  private final MessageDigest digest = Fingerprints.sha256();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private long rows;

  /**
   * A hash of no rows.
   *
   * @param columns of the rows to come
   */
  public MetricsHash(List<MetricColumn> columns) {
    this.columns = List.copyOf(columns);
    this.names = new byte[columns.size()][];
    for (int i = 0; i < names.length; i++) {
      names[i] = columns.get(i).name().getBytes(StandardCharsets.UTF_8);
      order.add(i);
    }
    order.sort(Comparator.comparing(i -> columns.get(i).name()));
  }

  /** Adds a row. */
  public void add(MetricRow row) throws IOException {
    bytes.reset();
    out.writeLong(row.sequence());
    text(row.run());
    out.writeInt(row.attempt());
    out.writeByte(row.kind().code());
    out.writeLong(row.eventTimeNanos());
    out.writeLong(row.epoch());
    out.writeLong(row.step());
    for (int column : order) {
      if (row.present(column)) {
        cell(row, column);
      }
    }
    out.flush();
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(bytes.toByteArray()));
    for (int i = 0; i < WORDS; i++) {
      sums[i] += hash.getLong();
    }
    rows++;
  }

  private void cell(MetricRow row, int column) throws IOException {
    MetricType type = columns.get(column).type();
    out.writeInt(names[column].length);
    out.write(names[column]);
    out.writeByte(type.code());
    switch (type) {
      case DOUBLE -> out.writeLong(Double.doubleToRawLongBits(row.doubleAt(column)));
      case LONG -> out.writeLong(row.longAt(column));
      case BOOLEAN -> out.writeBoolean(row.booleanAt(column));
      case STRING -> text(row.textAt(column));
    }
  }

  private void text(String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  /** How many rows were added. */
  public long rows() {
    return rows;
  }

  /** The hash of the rows so far, 64 hexadecimal digits. */
  public String hash() {
    ByteBuffer all = ByteBuffer.allocate((1 + WORDS) * Long.BYTES).putLong(rows);
    for (long sum : sums) {
      all.putLong(sum);
    }
    return Fingerprints.hex(all.array());
  }
}
