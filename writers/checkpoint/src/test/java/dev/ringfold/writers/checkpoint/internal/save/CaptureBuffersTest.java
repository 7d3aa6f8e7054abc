// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWorkers;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.internal.chunk.Tensors;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** One copy at capture, none for tensors that are frozen, and the same buffers again and again. */
class CaptureBuffersTest {
  private static final int FLOATS = 6 << 20;

  private static ChunkWriter.Request request(String name, Tensor tensor) {
    return new ChunkWriter.Request("model_state", name, tensor, ChunkCodec.DEFAULT);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** Without what earlier tests have left: it would be freed in the middle of this one. */
  private static long settledDirectBytes() {
    System.gc();
    long now = directBytes();
    long before = -1;
    for (int i = 0; i < 100 && now != before; i++) {
      before = now;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      now = directBytes();
    }
    return now;
  }

  private static long heapBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @Test
  void aFrozenTensorIsNotCopied() {
    try (ChunkWorkers workers = new ChunkWorkers(2)) {
      CaptureBuffers buffers = new CaptureBuffers(workers, 1 << 30);
      var frozen = List.of(request("w", Tensor.of(new float[FLOATS], FLOATS).frozen()));
      buffers.capture(frozen).close();
      long direct = settledDirectBytes();
      long heap = heapBytes();
      Captured captured = buffers.capture(frozen);
      assertThat(heapBytes() - heap).isLessThan(64 << 10);
      assertThat(directBytes() - direct).isZero();
      assertThat(captured.requests().get(0).tensor()).isSameAs(frozen.get(0).tensor());
      assertThat(buffers.idleBytes()).isZero();
    }
  }

  @Test
  void aTensorIsCopiedOnceIntoBuffersThatAreUsedAgain() {
    try (ChunkWorkers workers = new ChunkWorkers(2)) {
      CaptureBuffers buffers = new CaptureBuffers(workers, 1 << 30);
      var requests = List.of(request("w", Tensor.of(new float[FLOATS], FLOATS)));
      long bytes = 4L * FLOATS;
      long direct = settledDirectBytes();
      buffers.capture(requests).close();
      assertThat(directBytes() - direct).isBetween(bytes, bytes + CaptureBuffers.BUFFER_BYTES);
      assertThat(buffers.idleBytes()).isBetween(bytes, bytes + CaptureBuffers.BUFFER_BYTES);
      long heap = heapBytes();
      direct = directBytes();
      for (int i = 0; i < 5; i++) {
        buffers.capture(requests).close();
      }
      assertThat(heapBytes() - heap).as("of the calling thread").isLessThan(512 << 10);
      assertThat(directBytes() - direct).isZero();
    }
  }

  @Test
  void idleBuffersAreBounded() {
    try (ChunkWorkers workers = new ChunkWorkers(1)) {
      CaptureBuffers buffers = new CaptureBuffers(workers, 3L * CaptureBuffers.BUFFER_BYTES);
      buffers.capture(List.of(request("w", Tensor.of(new float[FLOATS], FLOATS)))).close();
      assertThat(buffers.idleBytes()).isEqualTo(3L * CaptureBuffers.BUFFER_BYTES);
    }
  }

  @Test
  void whatWasCapturedStaysAsItWasForAllTypesAndSizes() {
    Random random = new Random(Tensors.SEED);
    try (ChunkWorkers workers = new ChunkWorkers(3)) {
      CaptureBuffers buffers = new CaptureBuffers(workers, 1 << 30);
      for (int round = 0; round < 20; round++) {
        List<ChunkWriter.Request> requests = new ArrayList<>();
        List<byte[]> sources = new ArrayList<>();
        List<byte[]> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          DType dtype = DType.values()[random.nextInt(DType.values().length)];
          int elements = random.nextInt(i == 0 ? 3 << 20 : 50_000);
          byte[] bytes = new byte[elements * dtype.bytes()];
          random.nextBytes(bytes);
          sources.add(bytes);
          expected.add(bytes.clone());
          requests.add(request("t" + i, Tensor.of(dtype, ByteBuffer.wrap(bytes), elements)));
        }
        try (Captured captured = buffers.capture(requests)) {
          sources.forEach(random::nextBytes);
          for (int i = 0; i < sources.size(); i++) {
            assertThat(captured.requests().get(i).tensor().toBytes())
                .as("seed %s", Tensors.SEED)
                .isEqualTo(expected.get(i));
          }
        }
      }
    }
  }

  @Test
  void aTensorThatCannotBeReadFailsTheCaptureAndTheBuffersComeBack() {
    try (ChunkWorkers workers = new ChunkWorkers(2)) {
      CaptureBuffers buffers = new CaptureBuffers(workers, 1 << 30);
      var good = request("good", Tensor.of(new float[FLOATS], FLOATS));
      buffers.capture(List.of(good)).close();
      long idle = buffers.idleBytes();
      var bad = new ArrayList<ChunkWriter.Request>();
      bad.add(good);
      bad.add(null);
      assertThatThrownBy(() -> buffers.capture(bad)).isInstanceOf(NullPointerException.class);
      assertThat(buffers.idleBytes()).isEqualTo(idle);
      buffers.capture(List.of(good)).close();
    }
  }
}
