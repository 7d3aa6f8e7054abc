// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkGridTest {
  @Test
  void aSmallTensorIsOneChunk() {
    ChunkGrid grid = ChunkGrid.of(DType.FLOAT32, 3, 4);
    assertThat(grid.chunkShape()).containsExactly(3, 4);
    assertThat(grid.chunks()).isEqualTo(1);
    assertThat(grid.length(0)).isEqualTo(48);
  }

  @Test
  void aScalarIsOneChunkAndAnEmptyTensorNone() {
    assertThat(ChunkGrid.of(DType.FLOAT64).chunkShape()).isEmpty();
    assertThat(ChunkGrid.of(DType.FLOAT64).chunks()).isEqualTo(1);
    assertThat(ChunkGrid.of(DType.FLOAT64).length(0)).isEqualTo(8);
    assertThat(ChunkGrid.of(DType.FLOAT64, 0, 5).chunks()).isZero();
    assertThat(ChunkGrid.of(DType.FLOAT64, 0, 5).chunkShape()).containsExactly(1, 1);
  }

  @Test
  void rowsAreSpreadEvenlyOverChunks() {
    ChunkGrid grid = ChunkGrid.of(DType.FLOAT32, 1_048_577);
    assertThat(grid.chunkShape()).containsExactly(524_289);
    assertThat(grid.chunks()).isEqualTo(2);
    assertThat(grid.length(1)).isEqualTo(524_288 * 4);
  }

  @Test
  void leadingAxesAreCutToOneAndTrailingOnesStayWhole() {
    ChunkGrid grid = ChunkGrid.of(DType.FLOAT32, 2, 3_000, 1_000);
    assertThat(grid.chunkShape()).containsExactly(1, 1_000, 1_000);
    assertThat(grid.chunks()).isEqualTo(6);
    assertThat(grid.start(3)).isEqualTo(12_000_000L);
  }

  @Test
  void theChunksOfAnyShapeCoverItsElementsOnceInOrder() {
    Random random = new Random(Tensors.SEED);
    for (int round = 0; round < 2_000; round++) {
      DType dtype = DType.values()[random.nextInt(DType.values().length)];
      long[] shape = new long[random.nextInt(5)];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = 1 + (random.nextBoolean() ? random.nextInt(4) : random.nextInt(3_000));
      }
      if (shape.length > 3) {
        shape[3] = 1 + random.nextInt(9);
      }
      ChunkGrid grid = ChunkGrid.of(dtype, shape);
      assertCovers(grid, Tensor.elements(shape) * dtype.bytes());
      ChunkGrid again = ChunkGrid.of(dtype, shape, grid.chunkShape());
      assertThat(again.chunks()).isEqualTo(grid.chunks());
      assertThat(again.rawLength()).isEqualTo(grid.rawLength());
      assertCovers(again, Tensor.elements(shape) * dtype.bytes());
    }
  }

  private static void assertCovers(ChunkGrid grid, long bytes) {
    long at = 0;
    assertThat(grid.rawLength()).isLessThanOrEqualTo(ChunkGrid.TARGET_BYTES);
    for (int i = 0; i < grid.chunks(); i++) {
      if (grid.start(i) != at || grid.length(i) < 1 || grid.length(i) > grid.rawLength()) {
        assertThat(grid.start(i)).as("seed %s", Tensors.SEED).isEqualTo(at);
        assertThat(grid.length(i)).isBetween(1, grid.rawLength());
      }
      at += grid.length(i);
    }
    assertThat(at).isEqualTo(bytes).isEqualTo(grid.bytes());
  }

  @Test
  void chunksThatAreNoRangesOfElementsAreRefused() {
    assertThatThrownBy(() -> ChunkGrid.of(DType.INT8, new long[] {4, 4}, new long[] {2, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no range of elements");
    assertThatThrownBy(() -> ChunkGrid.of(DType.INT8, new long[] {4}, new long[] {0}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ChunkGrid.of(DType.INT8, new long[] {4}, new long[] {4, 1}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ChunkGrid.of(DType.INT8, new long[] {1L << 40}, new long[] {1L << 40}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most");
    assertThatThrownBy(() -> ChunkGrid.of(DType.INT8, new long[] {1L << 40}, new long[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("chunks");
  }
}
