// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

/** How far a call has come, as the log tells it. */
public enum CallState {
  /** The intent is stored and no end: being made, or cut off by a crash. */
  OPEN,
  /** Made, with a result. */
  COMPLETED,
  /** The provider refused it for good, or its result could not be kept. */
  REFUSED,
  /** What became of it cannot be found out; a person has to. */
  UNKNOWN,
  /** A person said that it was made. Its result is not in the log. */
  SETTLED,
  /** It was not made, as a person or the provider's own word has it: it may be made again. */
  RELEASED;

  /** Whether its cost is not known yet. */
  public boolean isUnsettled() {
    return this == OPEN || this == UNKNOWN;
  }
}
