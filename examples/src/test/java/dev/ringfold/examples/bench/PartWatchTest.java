// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartWatchTest {
  private static final long LOOK_NANOS = 500_000_000;

  @TempDir Path table;

  @Test
  void countsTheVersionsThatWereReplaced() throws Exception {
    try (PartWatch watch = new PartWatch(table)) {
      put("part-0.parquet", 100);
      put("part-0.parquet", 250);
      put("part-0.parquet", 400);
      put("part-9.parquet", 30);
      put("other.txt", 7);

      watch.stop();

      assertThat(watch.replaced()).isEqualTo(2);
      assertThat(watch.replacedBytes()).isEqualTo(350);
      assertThat(watch.lastBytes()).isEqualTo(430);
    }
  }

  private void put(String name, int bytes) throws Exception {
    Path temp = Files.write(table.resolve("temp"), new byte[bytes]);
    Files.move(temp, table.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    long end = System.nanoTime() + LOOK_NANOS;
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
