// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.RingfoldException;
import org.jspecify.annotations.Nullable;

/** The key of a call stands for another call already: nothing was sent. */
public final class CallConflictException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  CallConflictException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
