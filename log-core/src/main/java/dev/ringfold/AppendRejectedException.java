// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/** A REQUIRED append was decided against; {@link #outcome()} says why. Nothing was stored. */
public final class AppendRejectedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final transient AppendOutcome outcome;

  /** Creates the exception for an outcome that is not stored. */
  public AppendRejectedException(AppendOutcome outcome) {
    super("The append was not stored: " + outcome + ". Read the stream again and decide anew.");
    this.outcome = outcome;
  }

  /** Why the append was not stored. */
  public AppendOutcome outcome() {
    return outcome;
  }
}
