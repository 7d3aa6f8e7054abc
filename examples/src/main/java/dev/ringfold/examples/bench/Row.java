// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;

/**
 * One row of the benchmark's table; a row with several promises gives several lines.
 *
 * @param name for {@code --row}; the lines are called {@code name.detail}
 * @param what is measured, in one sentence
 * @param measurement how
 */
record Row(String name, String what, Measurement measurement) {

  /** Measures a row and judges it. */
  @FunctionalInterface
  interface Measurement {
    List<RowResult> measure(Session session) throws IOException, NotRunException;
  }
}
