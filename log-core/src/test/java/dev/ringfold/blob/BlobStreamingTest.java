// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStreamingTest {
  private static final long LENGTH = 200L << 20;
  private static final long MEMORY_BOUND = 16L << 20;

  @TempDir Path directory;

  /** Counts up in 8-byte words, so that any range can be checked. */
  private static final class Counting extends InputStream {
    private long position;

    @Override
    public int read() {
      return position == LENGTH ? -1 : at(position++) & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int count) {
      if (position == LENGTH) {
        return -1;
      }
      int given = (int) Math.min(count, LENGTH - position);
      for (int i = 0; i < given; i++) {
        target[from + i] = at(position++);
      }
      return given;
    }

    private static byte at(long position) {
      return (byte) ((position >>> 3) >>> (8 * (position & 7)));
    }
  }

  @Test
  void aBlobOf200MegabytesIsPutAndVerifiedInBoundedMemory() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    try (BlobStore store = new BlobFixture(directory).open()) {
      long before = threads.getThreadAllocatedBytes(thread);
      BlobRef ref;
      try (BlobSet set = store.begin("state vector")) {
        ref = set.put(new Counting());
        set.force();
        set.release();
      }
      try (BlobReader reader = store.open(ref)) {
        reader.verify();
        ByteBuffer range = ByteBuffer.allocate(64);
        long offset = LENGTH - 40;

        assertThat(reader.read(offset, range)).isEqualTo(40);
        for (int i = 0; i < 40; i++) {
          assertThat(range.get(i)).isEqualTo(Counting.at(offset + i));
        }
      }
      assertThat(ref.length()).isEqualTo(LENGTH);
      assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(MEMORY_BOUND);
    }
  }
}
