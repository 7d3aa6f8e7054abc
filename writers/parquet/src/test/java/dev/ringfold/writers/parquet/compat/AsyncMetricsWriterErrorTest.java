// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.RingfoldException;
import dev.ringfold.compat.AsyncBuffer;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A writer whose thread meets an error that is no exception. */
@Timeout(120)
final class AsyncMetricsWriterErrorTest {
  @TempDir Path directory;

  /** As a map of a class that cannot be loaded. */
  private static final class Broken extends AbstractMap<String, Object> {
    @Override
    public Set<Entry<String, Object>> entrySet() {
      throw new NoClassDefFoundError("metrics");
    }
  }

  @Test
  void stopSaysThatItemsWereNotStored() {
    AsyncBuffer<Map<String, Object>> buffer = new AsyncBuffer<>(100, "metrics");
    AsyncMetricsWriter writer =
        new AsyncMetricsWriter(buffer, directory.resolve("metrics.parquet"));
    buffer.push(Map.of("train_loss", 0.5));
    buffer.push(new Broken());
    buffer.push(Map.of("train_loss", 0.25));
    writer.start();

    assertThatThrownBy(writer::stop)
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining("1 items were taken from buffer 'metrics'")
        .hasMessageContaining("1 are still in it")
        .hasMessageContaining("NoClassDefFoundError")
        .hasRootCauseInstanceOf(NoClassDefFoundError.class);
    assertThat(writer.stats().written()).isEqualTo(1);
    assertThat(writer.stats().state()).isEqualTo("failed");
  }
}
