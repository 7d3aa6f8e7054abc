// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

/** One kind of fault. A run follows from its seed; stateless. */
interface Fault {
  /** The fault in words, for the report. */
  String name();

  /**
   * Runs once.
   *
   * @param places directories for the store
   * @param workload class name
   */
  Verdict run(Places places, long seed, String workload) throws Exception;
}
