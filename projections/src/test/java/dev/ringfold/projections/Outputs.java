// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a {@link TextProjection} wrote. */
final class Outputs {
  private Outputs() {}

  static Map<String, String> parts(Path outputs) throws IOException {
    Map<String, String> parts = new TreeMap<>();
    for (Path part : TextProjection.files(outputs.resolve(TextProjection.NAME), "part-")) {
      parts.put(part.getFileName().toString(), Files.readString(part));
    }
    return parts;
  }

  static List<Long> steps(Path outputs) throws IOException {
    return TextProjection.read(outputs).stream()
        .map(line -> Long.valueOf(line.split(" ")[1]))
        .toList();
  }

  /** Folds the whole journal anew. */
  static void rebuild(Path store, Path outputs, Projection projection) throws IOException {
    try (EventLogReader reader = EventLogReader.open(store, EventTypes.builtin())) {
      ProjectionRunner.fold(
          reader, projection, outputs, outputs.resolveSibling("snaps"), Long.MAX_VALUE);
    }
  }
}
