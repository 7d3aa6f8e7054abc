// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.HealthState;

/**
 * How the log is.
 *
 * @param state what it accepts
 * @param reason why it does not accept everything; empty when it does
 */
public record LogHealth(HealthState state, String reason) {
  @Override
  public String toString() {
    return reason.isEmpty()
        ? state.name().toLowerCase(java.util.Locale.ROOT)
        : state.name().toLowerCase(java.util.Locale.ROOT) + ": " + reason;
  }
}
