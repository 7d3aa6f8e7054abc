// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.RingfoldException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** There is no such checkpoint, or it was given up. The message names the nearest epochs. */
public final class CheckpointNotFoundException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final long[] nearestEpochs;

  /**
   * @param wanted what was asked for, such as {@code epoch 7 of run 'r1'}
   * @param why why it is not there, when that is known; otherwise empty
   * @param nearestEpochs epochs that are there, nearest first
   * @param cause what was missing, or null
   */
  public CheckpointNotFoundException(
      String wanted, String why, List<Long> nearestEpochs, @Nullable Throwable cause) {
    super(
        "There is no checkpoint of "
            + wanted
            + (why.isEmpty() ? "" : ": " + why)
            + ". "
            + (nearestEpochs.isEmpty()
                ? "There is none to load; save one first."
                : "The nearest epochs are " + nearestEpochs + "."),
        cause);
    this.nearestEpochs = nearestEpochs.stream().mapToLong(Long::longValue).toArray();
  }

  /** Epochs that can be loaded, nearest first; empty when there are none. */
  public List<Long> nearestEpochs() {
    return Arrays.stream(nearestEpochs).boxed().toList();
  }
}
