// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.nio.file.Path;

/** One kind of fault. A run follows from its seed; stateless. */
interface Fault {
  /** The fault in words, for the report. */
  String name();

  /**
   * Runs once.
   *
   * @param root directory for the store; what failed stays there
   * @param workload class name
   */
  Verdict run(Path root, long seed, String workload) throws Exception;
}
