// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;

/**
 * One row of the benchmark's table; a row with several promises gives several lines.
 *
 * @param <S> what the rows of one run share
 * @param name for {@code --row}; the lines are called {@code name.detail}
 * @param what is measured, in one sentence
 * @param measurement how
 */
record Row<S>(String name, String what, Measurement<S> measurement) {

  /** Measures a row and judges it. */
  @FunctionalInterface
  interface Measurement<S> {
    List<RowResult> measure(S session) throws IOException, NotRunException;
  }
}
