// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.RingfoldException;
import org.jspecify.annotations.Nullable;

/**
 * A file is not what its format says, is damaged, is over a limit, or cannot hold what should be
 * written to it. Nothing of it was used.
 */
public class FormatException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** The message names the file, the place in it, what was expected and what was found. */
  public FormatException(String message) {
    super(message);
  }

  /** As {@link #FormatException(String)}, with a cause. */
  public FormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
