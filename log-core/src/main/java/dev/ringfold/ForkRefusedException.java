// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/** A store cannot be forked at the sequence that was asked for; the message says where it can. */
public final class ForkRefusedException extends RingfoldException {
  /** There is no such sequence. */
  public static final long NONE = -1;

  private static final long serialVersionUID = 1L;

  private final long nearestBelow;
  private final long nearestAbove;

  /**
   * Creates the exception; the message says what, where, expected and found, and what to do.
   *
   * @param nearestBelow the nearest possible sequence below, or {@link #NONE}
   * @param nearestAbove the nearest possible sequence above, or {@link #NONE}
   */
  public ForkRefusedException(String message, long nearestBelow, long nearestAbove) {
    super(message);
    this.nearestBelow = nearestBelow;
    this.nearestAbove = nearestAbove;
  }

  /** The nearest sequence below at which a fork is possible, or {@link #NONE}. */
  public long nearestBelow() {
    return nearestBelow;
  }

  /** The nearest sequence above at which a fork is possible, or {@link #NONE}. */
  public long nearestAbove() {
    return nearestAbove;
  }
}
