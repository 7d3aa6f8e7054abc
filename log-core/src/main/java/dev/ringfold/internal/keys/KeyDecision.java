// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

/** What the journal thread may do with an event that carries an idempotency key. */
public enum KeyDecision {
  /** The key is certainly new: store the event and add the key. */
  NEW,
  /** The key came before with the same payload: answer with the first receipt. */
  REPEAT,
  /** The key came before with another payload: refuse. */
  CONFLICT,
  /** The key came before, but is older than the window: refuse, its receipt is no longer known. */
  EXPIRED,
  /**
   * The window let go of keys that the caller has not looked for in the sealed segments: look again
   * in a newer {@link SealedKeys.Snapshot}, then decide again.
   */
  RECHECK
}
