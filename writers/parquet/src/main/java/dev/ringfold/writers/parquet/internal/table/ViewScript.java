// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.ColumnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The script {@code metrics.sql} beside the tables. It makes views for DuckDB: {@code metrics};
 * {@code latest}, of the newest attempt of each step and in it the newest row; and {@code ledger}
 * when there is such a table. The views name the files of the newest commit and the open part with
 * their absolute paths, so they see each row once also while parts are sealed or compacted, and
 * every column whichever part has it. The script is replaced whenever the files change.
 */
final class ViewScript {
  /** Name of the script. */
  static final String FILE = "metrics.sql";

  private static final String TEMPORARY = FILE + TableDirectory.TEMPORARY_SUFFIX;
  private static final String LATEST =
      "CREATE OR REPLACE VIEW latest AS SELECT * FROM metrics QUALIFY row_number() OVER (PARTITION"
          + " BY run_id, kind, epoch, step ORDER BY attempt DESC, seq DESC) = 1;\n";

  private ViewScript() {}

  /** Writes the script as the tables are now. Any thread; one at a time. */
  static synchronized void write(Path outputs) throws IOException {
    if (new TableDirectory(outputs, MetricsProjection.TABLE).current() == 0
        && new TableDirectory(outputs, LedgerProjection.TABLE).current() == 0) {
      Files.deleteIfExists(outputs.resolve(FILE));
      return;
    }
    StringBuilder script = new StringBuilder(4_096);
    script.append("-- Views of the tables in this directory, for DuckDB. Written by Ringfold.\n");
    Path metrics = outputs.resolve(MetricsProjection.TABLE);
    List<Path> files = files(metrics);
    if (files.isEmpty()) {
      appendEmptyMetrics(script);
    } else {
      appendView(script, "metrics", files);
    }
    script.append(LATEST);
    List<Path> ledger = files(outputs.resolve(LedgerProjection.TABLE));
    if (!ledger.isEmpty()) {
      appendView(script, LedgerProjection.NAME, ledger);
    }
    Path temporary = outputs.resolve(TEMPORARY);
    Files.writeString(temporary, script);
    Files.move(
        temporary,
        outputs.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<Path> files(Path table) throws IOException {
    try {
      return TableSnapshot.read(table).files();
    } catch (NoSuchFileException absent) {
      return List.of();
    }
  }

  private static void appendView(StringBuilder script, String name, List<Path> files) {
    script
        .append("CREATE OR REPLACE VIEW ")
        .append(name)
        .append(" AS SELECT * FROM read_parquet([");
    for (int i = 0; i < files.size(); i++) {
      script.append(i == 0 ? "\n  '" : ",\n  '").append(escaped(files.get(i))).append('\'');
    }
    script.append("],\n  union_by_name = true, hive_partitioning = false);\n");
  }

  private static void appendEmptyMetrics(StringBuilder script) {
    script.append("CREATE OR REPLACE VIEW metrics AS SELECT");
    String comma = "\n  ";
    for (TableColumn column : MetricsProjection.emptyTable()) {
      Column of = column.column();
      script.append(comma).append("NULL::").append(sqlType(of.type()));
      script.append(" AS \"").append(of.name()).append('"');
      comma = ",\n  ";
    }
    script.append("\n  WHERE false;\n");
  }

  private static String sqlType(ColumnType type) {
    return switch (type) {
      case INT32 -> "INTEGER";
      case INT64 -> "BIGINT";
      case DOUBLE -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case STRING -> "VARCHAR";
    };
  }

  /** As a text of SQL that is a pattern for file names. */
  private static String escaped(Path file) {
    StringBuilder out = new StringBuilder();
    String path = file.toAbsolutePath().toString();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\'') {
        out.append("''");
      } else if (c == '*' || c == '?' || c == '[') {
        out.append('[').append(c).append(']');
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
