// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Batches with every type, every encoding and every way of having nulls, from a seed. */
final class SampleRows {
  static final long SEED = Long.getLong("ringfold.seed", 20261121L);

  private static final double[] ODD_DOUBLES = {
    0.0,
    -0.0,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    -Double.MAX_VALUE,
    Double.longBitsToDouble(0x7ff8_0000_dead_beefL),
    1.5,
    -2.25
  };

  /** How many of a column's rows are null. */
  enum Nulls {
    REQUIRED,
    NONE,
    SOME,
    MOST,
    ALL
  }

  private SampleRows() {}

  /** {@code seq} and, for each type and kind of nulls, one column; some few-valued, some not. */
  static TableSchema everything() {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("seq", 1, ColumnType.INT64, true));
    for (ColumnType type : ColumnType.values()) {
      for (Nulls nulls : Nulls.values()) {
        for (String kind : List.of("few", "many")) {
          String name = (type + "_" + nulls + "_" + kind).toLowerCase(java.util.Locale.ROOT);
          boolean required = nulls == Nulls.REQUIRED;
          columns.add(new Column(name, columns.size() + 1, type, required));
        }
      }
    }
    return TableSchema.of(columns);
  }

  static ColumnBatch batch(int rows, long seed) {
    ColumnBatch batch = new ColumnBatch(everything(), rows);
    fill(batch, rows, new Random(seed));
    return batch;
  }

  static void fill(ColumnBatch batch, int rows, Random random) {
    TableSchema schema = batch.schema();
    Nulls[] nulls = new Nulls[schema.size()];
    boolean[] few = new boolean[schema.size()];
    for (int i = 1; i < nulls.length; i++) {
      String[] parts = schema.column(i).name().split("_");
      nulls[i] = Nulls.valueOf(parts[1].toUpperCase(java.util.Locale.ROOT));
      few[i] = parts[2].equals("few");
    }
    for (int row = 0; row < rows; row++) {
      batch.beginRow();
      batch.setLong(0, 1_000_000L + row);
      for (int i = 1; i < nulls.length; i++) {
        if (present(nulls[i], random)) {
          set(batch, i, few[i], random);
        }
      }
      batch.endRow();
    }
  }

  private static boolean present(Nulls nulls, Random random) {
    return switch (nulls) {
      case REQUIRED, NONE -> true;
      case SOME -> random.nextInt(3) > 0;
      case MOST -> random.nextInt(500) == 0;
      case ALL -> false;
    };
  }

  private static void set(ColumnBatch batch, int column, boolean few, Random random) {
    switch (batch.schema().column(column).type()) {
      case INT32 -> batch.setInt(column, few ? random.nextInt(5) - 2 : random.nextInt());
      case INT64 -> batch.setLong(column, few ? random.nextInt(3) : wide(random));
      case DOUBLE -> batch.setDouble(column, few ? odd(random) : random.nextGaussian());
      case BOOLEAN -> batch.setBoolean(column, few || random.nextBoolean());
      case STRING ->
          batch.setString(
              column,
              batch.addString(
                  few ? "näme-" + random.nextInt(4) : Integer.toHexString(random.nextInt(20_000))));
    }
  }

  /** Any magnitude, so that differences need any number of bits and may wrap. */
  private static long wide(Random random) {
    return random.nextLong() >> random.nextInt(64);
  }

  static double odd(Random random) {
    return ODD_DOUBLES[random.nextInt(ODD_DOUBLES.length)];
  }
}
