// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.DiskFullException;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The world around a projection failed, not an event: it begins again at its newest commit. Carries
 * the cause out of the middle of a batch; never seen by users.
 */
final class OutputFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Exception failure;

  OutputFailure(Exception failure) {
    super(failure);
    this.failure = failure;
  }

  /** What happened. */
  Exception failure() {
    return failure;
  }

  /** What happened, to be thrown where an {@link IOException} may be. */
  IOException unwrapped() {
    if (failure instanceof IOException io) {
      return io;
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    throw this;
  }

  /** Whether an exception out of {@code apply} says nothing about the event. */
  static boolean isOfTheWorld(Exception cause) {
    return cause instanceof IOException
        || cause instanceof UncheckedIOException
        || cause instanceof StoreAccessException
        || cause instanceof DiskFullException
        || cause instanceof RingTimeoutException;
  }
}
