// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.TableCompacted;
import dev.ringfold.projections.ControlRequest;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code compact}. */
@Command(
    name = "compact",
    description = {
      "Rewrites the sealed files of the metrics table into as few as there can be. The rows and their"
          + " hash stay as they are.",
      "The order is stored in the journal, by the process that has the store open; when nobody has,"
          + " the table is rewritten here. Old files stay ten minutes for readers that are in them."
    })
final class CompactCommand extends RingfoldCommand {
  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Mixin private final OrderOptions orders = new OrderOptions();

  @Mixin private final LongWork work = new LongWork();

  @Override
  int run(Output output) throws Exception {
    return work.run(this, output, watch -> compact(output, watch));
  }

  private int compact(Output output, LongWork.Watch watch) throws IOException {
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      Path store = reader.directory();
      Path outputs = orders.outputs(store);
      Optional<TableCompacted> order = MetricTables.compaction(outputs);
      if (order.isEmpty()) {
        print(output, "nothing is sealed yet", "", MetricTables.metricsTable(outputs), 0, 0);
        return ExitCodes.OK;
      }
      Path table = MetricTables.metricsTable(outputs);
      int before = MetricTable.open(table).parts().size();
      ControlRequest request =
          ControlRequest.of(
              ControlRequest.Command.COMPACT, MetricTables.METRICS, order.get().upTo());
      String by = orders.send(common(), store, request, this::wrong, watch);
      watch.end();
      int after = MetricTable.open(table).parts().size();
      String text = by.equals("here") ? "compacted here" : "ordered; it is done " + by;
      print(output, text, by, table, before, after);
      return ExitCodes.OK;
    }
  }

  private static void print(
      Output output, String text, String by, Path table, int before, int after) {
    if (output.json()) {
      output.json(
          Json.object()
              .put("table", table.toString())
              .put("done", by)
              .put("filesBefore", before)
              .put("filesNow", after));
    } else {
      output.line(table + ": " + text + ", " + before + " files before, " + after + " now");
    }
  }
}
