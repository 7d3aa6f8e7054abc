// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.projections.ControlRequest;
import dev.ringfold.replay.WorkProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of a command that gives orders to projections, and how an order is sent. */
final class OrderOptions {
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long another process may take; default: 30s.")
  private String timeout = "30s";

  @Mixin private final OutputsOption outputs = new OutputsOption();

  /** Where the tables of a store are. */
  Path outputs(Path store) {
    return outputs.of(store);
  }

  /**
   * Carries an order out.
   *
   * @param progress hears how far the projection is when it is carried out here
   * @return who did it, for people
   */
  String send(
      CommonOptions common,
      Path store,
      ControlRequest request,
      Function<String, ParameterException> wrong,
      WorkProgress progress)
      throws IOException {
    return new ProjectionOrders(common, store, outputs(store), Times.duration(timeout, wrong))
        .send(request, progress);
  }
}
