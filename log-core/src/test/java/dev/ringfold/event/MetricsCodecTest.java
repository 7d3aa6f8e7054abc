// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventCodecException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("smoke")
class MetricsCodecTest {
  private static final MetricsLogged.Kind STEP = MetricsLogged.Kind.STEP;

  @Test
  void eightDoublesTakeEightyFourBytes() {
    byte[] target = new byte[100];

    int length =
        MetricsCodec.encodeDoubles(
            target, 10, 3, STEP, 1, 2, 9, new double[] {0, 1, 2, 3, 4, 5, 6, 7}, 8);

    MetricsView view = new MetricsView().wrap(ByteBuffer.wrap(target), 10, length);
    assertThat(length).isEqualTo(84).isEqualTo(MetricsCodec.completeLength(8));
    assertThat(view.complete()).isTrue();
    assertThat(view.layoutId()).isEqualTo(3);
    assertThat(view.attempt()).isEqualTo(1);
    assertThat(view.epoch()).isEqualTo(2);
    assertThat(view.step()).isEqualTo(9);
    assertThat(view.doubleAt(7)).isEqualTo(7.0);
  }

  @Test
  void theThreeWaysToWriteACompleteRowGiveTheSameBytes() {
    double[] values = {1.5, Double.NaN, -0.0};
    long[] cells = new long[3];
    byte[] byCell = new byte[44];
    MetricsCodec.encodeHeader(byCell, 0, 7, 3, false, STEP, 65_535, -1, -2);
    for (int i = 0; i < 3; i++) {
      cells[i] = Double.doubleToRawLongBits(values[i]);
      MetricsCodec.putCell(byCell, 0, i, cells[i]);
    }
    byte[] byCells = new byte[44];
    byte[] byDoubles = new byte[44];

    MetricsCodec.encode(byCells, 0, 7, STEP, 65_535, -1, -2, cells, 3, null);
    MetricsCodec.encodeDoubles(byDoubles, 0, 7, STEP, 65_535, -1, -2, values, 3);

    assertThat(byCells).isEqualTo(byCell).isEqualTo(byDoubles);
  }

  @Test
  void aCompletePresenceNeedsNoBitmap() {
    for (int columns : new int[] {0, 1, 63, 64, 65, 128}) {
      long[] presence = MetricsLogged.completePresence(columns);
      byte[] target = new byte[MetricsCodec.maxLength(columns)];

      int length =
          MetricsCodec.encode(target, 0, 1, STEP, 0, 0, 0, new long[columns], columns, presence);

      assertThat(length).isEqualTo(MetricsCodec.completeLength(columns));
    }
  }

  @Test
  void randomRowsComeBackThroughTheViewInAnyOrderOfColumns() {
    Random random = SeededRandom.of(MetricsCodecTest.class);
    MetricsView view = new MetricsView();
    for (int round = 0; round < 2_000; round++) {
      MetricsLogged row = randomRow(random, random.nextInt(round % 100 == 0 ? 4_097 : 140));
      PayloadWriter out = new PayloadWriter();
      new MetricsCodec().encode(row, out);

      view.wrap(ByteBuffer.wrap(out.array()), 0, out.length());

      assertThat(view.toEvent()).isEqualTo(row);
      for (int i = 0; row.columns() > 0 && i < 20; i++) {
        int column = random.nextInt(row.columns());
        assertThat(view.longAt(column)).isEqualTo(row.longAt(column));
        assertThat(view.present(column)).isEqualTo(row.present(column));
      }
      assertThat(out.length())
          .isEqualTo(
              view.complete()
                  ? MetricsCodec.completeLength(row.columns())
                  : MetricsCodec.sparseLength(row.columns(), present(row)));
    }
  }

  @Test
  void sparePresenceBitsOfTheCallerAreNotWritten() {
    byte[] target = new byte[40];

    int length =
        MetricsCodec.encode(
            target, 0, 1, STEP, 0, 0, 0, new long[] {1, 2, 3}, 3, new long[] {~0b010L});

    MetricsView view = new MetricsView().wrap(ByteBuffer.wrap(target), 0, length);
    assertThat(target[MetricsCodec.HEADER_LENGTH]).isEqualTo((byte) 0b101);
    assertThat(view.present(1)).isFalse();
    assertThat(view.longAt(1)).isZero();
    assertThat(view.longAt(2)).isEqualTo(3);
    assertThat(view.booleanAt(0)).isTrue();
  }

  @Test
  void rowsWhoseShapeIsImpossibleAreRefused() {
    assertRefused("0000000001200000000000000000000000000000", "28 bytes for 1 cells");
    assertRefused("0000000001100000000000000000000000000000", "at most 4096 columns");
    assertRefused("0000000000400000000000000000000000000000", "shape");
    assertRefused("000000000180000000000000000000000000000002", "spare presence bits");
    assertRefused("0000000001800000000000000000000000000000", "a bitmap of 1 bytes");
    assertRefused("00", "at least 20 bytes");
  }

  @Test
  void columnsOutOfRangeAreRefused() {
    MetricsView view = new MetricsView().wrap(new byte[20]);

    assertThatThrownBy(() -> view.longAt(0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.present(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(
            () -> MetricsCodec.encode(new byte[99], 0, 1, STEP, 0, 0, 0, new long[0], 4_097, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 to 4096 but was 4097");
    assertThatThrownBy(
            () -> MetricsCodec.encode(new byte[27], 0, 1, STEP, 0, 0, 0, new long[1], 1, null))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aRecordWhosePresenceContradictsItsCellsIsRefused() {
    assertThatThrownBy(() -> new MetricsLogged(1, STEP, 0, 0, 0, new long[] {5}, new long[] {0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("disagree at column 0");
    assertThatThrownBy(() -> new MetricsLogged(1, STEP, 0, 0, 0, new long[] {5}, new long[] {0b11}))
        .hasMessageContaining("disagree at column 1");
    assertThatThrownBy(() -> new MetricsLogged(1, STEP, 0, 0, 0, new long[1], new long[2]))
        .hasMessageContaining("must have 1 elements but has 2");
    assertThatThrownBy(() -> MetricsLogged.complete(1, STEP, 65_536, 0, 0))
        .hasMessageContaining("attempt");
    assertThatThrownBy(() -> MetricsLogged.complete(1, STEP, 0, 0, 0, new long[4_097]))
        .hasMessageContaining("at most 4096");
  }

  @Test
  void aRecordDoesNotShareItsArrays() {
    long[] cells = {1, 2};
    MetricsLogged row = MetricsLogged.complete(1, STEP, 0, 0, 0, cells);
    cells[0] = 9;
    row.cells()[1] = 9;
    row.presence()[0] = 0;

    assertThat(row.cells()).containsExactly(1, 2);
    assertThat(row.presence()).containsExactly(0b11);
    assertThat(row).hasSameHashCodeAs(MetricsLogged.complete(1, STEP, 0, 0, 0, 1, 2));
  }

  @Test
  void writingAndReadingRowsAllocatesNothing() {
    byte[] target = new byte[512];
    ByteBuffer buffer = ByteBuffer.wrap(target);
    double[] values = new double[8];
    long[] cells = new long[40];
    long[] presence = {0x0F_F0F0_F0F0L};
    MetricsView view = new MetricsView();
    double[] sum = new double[1];

    long allocated =
        AllocatedBytes.leastOf(
            20,
            () -> {
              for (int i = 0; i < 1_000; i++) {
                int length = MetricsCodec.encodeDoubles(target, 24, 1, STEP, 0, 0, i, values, 8);
                sum[0] += view.wrap(buffer, 24, length).doubleAt(7);
                length = MetricsCodec.encode(target, 24, 1, STEP, 0, 0, i, cells, 40, presence);
                sum[0] += view.wrap(buffer, 24, length).longAt(35);
              }
            });

    assertThat(allocated).isZero();
    assertThat(sum[0]).isZero();
  }

  private static void assertRefused(String hex, String text) {
    assertThatThrownBy(() -> new MetricsView().wrap(Hex.bytes(hex)))
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining(text);
  }

  private static MetricsLogged randomRow(Random random, int columns) {
    long[] cells = new long[columns];
    long[] presence = new long[MetricsLogged.presenceLength(columns)];
    int percentPresent = random.nextInt(101);
    for (int i = 0; i < columns; i++) {
      if (random.nextInt(100) < percentPresent) {
        presence[i / 64] |= 1L << i % 64;
        cells[i] = random.nextLong();
      }
    }
    MetricsLogged.Kind kind =
        random.nextBoolean() ? MetricsLogged.Kind.STEP : MetricsLogged.Kind.EPOCH;
    return new MetricsLogged(
        random.nextInt(),
        kind,
        random.nextInt(65_536),
        random.nextInt(),
        random.nextLong(),
        cells,
        presence);
  }

  private static int present(MetricsLogged row) {
    int present = 0;
    for (int i = 0; i < row.columns(); i++) {
      present += row.present(i) ? 1 : 0;
    }
    return present;
  }
}
