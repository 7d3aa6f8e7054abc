// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import org.jspecify.annotations.Nullable;

/** One kind of fault. A run follows from its seed; stateless. */
interface Fault {
  /** The fault in words, for the report. */
  String name();

  /**
   * Runs once.
   *
   * @param places directories for the store
   * @param workload class name of what is published; null for the fault's own
   */
  Verdict run(Places places, long seed, @Nullable String workload) throws Exception;
}
