// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.StoreHealth;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code health}. */
@Command(
    name = "health",
    description = {
      "One line for the journal, the blobs and every projection: healthy (N ...) or error: ...",
      "Takes no lock and reads no sealed segment; exit code 4 when something is not healthy."
    })
final class HealthCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--prometheus",
      description = "Print metrics in the text format of Prometheus, version 0.0.4.")
  private boolean prometheus;

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Override
  int run(Output output) {
    if (prometheus && output.json()) {
      throw wrong("--prometheus and --json are two formats; choose one");
    }
    Path store = directory.toAbsolutePath().normalize();
    StoreSecurity.checkExisting(store);
    StoreHealth health = StoreHealth.of(store, outputs.of(store));
    if (prometheus) {
      output.text(PrometheusText.of(store, health));
    } else if (output.json()) {
      ObjectNode root = Json.object().put("healthy", health.healthy());
      ObjectNode parts = root.putObject("parts");
      health.parts().forEach(part -> parts.put(part.name(), part.status()));
      output.json(root);
    } else {
      List<List<String>> rows =
          health.parts().stream()
              .map(part -> List.of(part.name(), Quantities.printable(part.status())))
              .toList();
      TextTable.lines(List.of("part", "status"), rows, 2).forEach(output::line);
    }
    return health.healthy() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }
}
