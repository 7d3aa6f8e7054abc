// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricType;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a file itself does not say.
 *
 * @param run the run of rows without a {@code run_id}
 * @param types declared types of metrics by name; the others follow from their first value
 */
public record ImportOptions(String run, Map<String, MetricType> types) {
  /** Copies the types. */
  public ImportOptions {
    types = Map.copyOf(types);
  }

  /** The options as text, the same for equal options. */
  String canonical() {
    return run + "\n" + new TreeMap<>(types);
  }
}
