// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.event.TableCompacted;
import dev.ringfold.projections.Projection;
import dev.ringfold.writers.parquet.internal.table.LedgerProjection;
import dev.ringfold.writers.parquet.internal.table.MetricsProjection;
import dev.ringfold.writers.parquet.internal.table.TableCommit;
import dev.ringfold.writers.parquet.internal.table.TableSnapshot;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tables Ringfold makes from a journal: projections to run, and the events that configure and
 * compact them. Stateless.
 */
public final class MetricTables {
  /** Name of the projection of {@link #metrics}. */
  public static final String METRICS = MetricsProjection.NAME;

  /** Name of the projection of {@link #ledger}. */
  public static final String LEDGER = LedgerProjection.NAME;

  /** The stream that {@link #configuration} and {@link #compaction} belong to. */
  public static final String STREAM = "ringfold.projections";

  private MetricTables() {}

  /** Rows of metrics as the table {@code metrics.parquet}. A new one for each runtime. */
  public static Projection metrics() {
    return new MetricsProjection();
  }

  /** The loss ledger as the table {@code ledger.parquet}. A new one for each runtime. */
  public static Projection ledger() {
    return new LedgerProjection();
  }

  /** Path of the table of metrics, as readers name it. */
  public static Path metricsTable(Path outputs) {
    return outputs.resolve(MetricsProjection.TABLE);
  }

  /** Path of the table of the ledger. */
  public static Path ledgerTable(Path outputs) {
    return outputs.resolve(LedgerProjection.TABLE);
  }

  /** Path of the script that makes DuckDB views of the tables. */
  public static Path viewScript(Path outputs) {
    return outputs.resolve("metrics.sql");
  }

  /**
   * The event to append to {@link #STREAM} so that metrics are written with these options; empty
   * when they are already. Ask before rows are published: the change comes at the event's place.
   */
  public static Optional<ProjectionConfigured> configuration(Path outputs, TableOptions options)
      throws IOException {
    TableCommit commit = commit(metricsTable(outputs));
    String present = commit == null ? TableOptions.defaults().canonical() : commit.configuration();
    return options.canonical().equals(present)
        ? Optional.empty()
        : Optional.of(new ProjectionConfigured(METRICS, options.canonical()));
  }

  /**
   * The event to append to {@link #STREAM} so that all metrics sealed so far are rewritten into as
   * few files as there can be; empty when nothing is sealed.
   */
  public static Optional<TableCompacted> compaction(Path outputs) throws IOException {
    TableCommit commit = commit(metricsTable(outputs));
    return commit == null || commit.parts().isEmpty()
        ? Optional.empty()
        : Optional.of(new TableCompacted(commit.position().sequence(), METRICS));
  }

  private static @Nullable TableCommit commit(Path table) throws IOException {
    try {
      return TableSnapshot.read(table).commit();
    } catch (NoSuchFileException absent) {
      return null;
    }
  }
}
