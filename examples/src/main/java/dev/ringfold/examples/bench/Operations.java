// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a worker can be asked for.
 *
 * @param <K> the kind of peer it measures
 * @param byName the operations by the name that calls give
 */
record Operations<K>(Map<String, Operation<K>> byName) {
  /** Runs one call in a directory of its own, which is deleted afterwards. */
  Figures run(K kind, Path directory, Call call) throws Exception {
    Operation<K> operation = byName.get(call.operation());
    if (operation == null) {
      throw new IllegalArgumentException("unknown operation " + call.operation());
    }
    Path round = Files.createDirectories(directory.resolve("round"));
    try {
      return operation.run(kind, round, call);
    } finally {
      Disk.deleteAndSettle(round);
    }
  }
}
