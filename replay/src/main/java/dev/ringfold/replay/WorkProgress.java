// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import java.util.concurrent.CancellationException;

/**
 * Hears how far long work is, and may end it: then the work cleans up what is half done and throws
 * a {@link CancellationException}. Called by the thread that works, often: it must be quick.
 */
@FunctionalInterface
public interface WorkProgress {
  /** Hears nothing and ends nothing. */
  WorkProgress NONE = (step, done, all) -> true;

  /**
   * The work has come this far.
   *
   * @param step what is done now, one word
   * @param done from 0 to {@code all}, in bytes, sequences or pieces
   * @param all how much the step is, as far as it is known
   * @return false to stop
   */
  boolean reached(String step, long done, long all);

  /**
   * As {@link #reached}, for the work.
   *
   * @throws CancellationException when it is to stop
   */
  default void tell(String step, long done, long all) {
    if (!reached(step, done, all)) {
      throw new CancellationException(step + " at " + done + " of " + all);
    }
  }
}
