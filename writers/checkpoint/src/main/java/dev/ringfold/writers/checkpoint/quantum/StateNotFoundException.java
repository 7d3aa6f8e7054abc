// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;
import java.util.List;

/** There is no state of that id, or none at that sequence; says which ids are near. */
public final class StateNotFoundException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final String id;
  private final transient List<String> nearest;

  /**
   * Creates the exception.
   *
   * @param id what was asked for
   * @param where the store or the file that was looked at
   * @param nearest ids that are there and look like it, the nearest first
   */
  public StateNotFoundException(String id, String where, List<String> nearest) {
    super(
        "State not found: there is no state '"
            + id
            + "' in "
            + where
            + (nearest.isEmpty() ? "; there are none" : "; the nearest are " + nearest)
            + ". Run: ringfold state list");
    this.id = id;
    this.nearest = List.copyOf(nearest);
  }

  /** The id asked for. */
  public String id() {
    return id;
  }

  /** Ids that are there, the nearest first. */
  public List<String> nearest() {
    return nearest;
  }
}
