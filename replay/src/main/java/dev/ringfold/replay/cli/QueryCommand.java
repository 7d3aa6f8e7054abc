// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.replay.query.QueryFailedException;
import dev.ringfold.replay.query.QueryLimits;
import dev.ringfold.replay.query.StoreTables;
import dev.ringfold.replay.query.TableSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code query}. */
@Command(
    name = "query",
    description = {
      "Answers one SQL query about the tables of a store, with DuckDB inside.",
      "The views are metrics, with every row; latest, with the newest attempt of each step; and"
          + " ledger. Works while the tables are written and compacted, and changes nothing."
    })
final class QueryCommand extends RingfoldCommand {
  private static final long DEFAULT_LIMIT = 1_000;
  private static final long BYTES_PER_MIB = 1L << 20;

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "SQL",
      defaultValue = "DESCRIBE metrics",
      description = "The query; without one, the columns of metrics.")
  private String sql = "";

  @Option(names = "--csv", description = "Print CSV (RFC 4180) instead of a table.")
  private boolean csv;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Print at most N rows; 0 for all. Default: 1000.")
  private long limit = DEFAULT_LIMIT;

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Option(
      names = "--memory-mib",
      paramLabel = "N",
      description = "Memory that the query may take; beyond it, it fails. Default: 1024.")
  private long memoryMib = QueryLimits.DEFAULT.memoryBytes() / BYTES_PER_MIB;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that the query may take. Default: 2.")
  private int threads = QueryLimits.DEFAULT.threads();

  @Override
  int run(Output output) throws IOException {
    if (limit < 0) {
      throw wrong("--limit must be >= 0 but was " + limit);
    }
    if (csv && output.json()) {
      throw wrong("--csv and --json exclude each other");
    }
    QueryLimits limits = limits();
    Path store;
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      store = reader.directory();
    }
    Path tables = outputs.of(store);
    Optional<StoreTables> found = StoreTables.in(tables);
    if (found.isEmpty()) {
      throw new QueryFailedException(
          "there are no tables in "
              + tables
              + ". A program makes them while it logs (MetricsLogger, or a ProjectionRuntime with"
              + " MetricTables.metrics()); if they are elsewhere, say --outputs DIR");
    }
    QueryOutput.Form form =
        csv ? QueryOutput.Form.CSV : output.json() ? QueryOutput.Form.JSON : QueryOutput.Form.TABLE;
    QueryOutput rows = new QueryOutput(output, form, limit);
    try (TableSession session = TableSession.open(found.get().views(), limits)) {
      session.query(sql, rows);
    }
    rows.end();
    output.flush();
    if (rows.more()) {
      note("only the first " + rows.rows() + " rows; for all of them say --limit 0");
    }
    return ExitCodes.OK;
  }

  private QueryLimits limits() {
    try {
      return new QueryLimits(Math.multiplyExact(memoryMib, BYTES_PER_MIB), threads);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw wrong("--memory-mib must be >= 16 and --threads >= 1: " + e.getMessage());
    }
  }
}
