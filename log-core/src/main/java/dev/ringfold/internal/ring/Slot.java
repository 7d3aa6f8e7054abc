// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the ring. A record is one event or one atomic group; it takes as many consecutive
 * slots as its bytes need, and only the first slot's fields mean anything. The bytes themselves lie
 * in {@link EventRing#memory()}.
 */
public final class Slot {
  /** The record's first event in its producer's own count, from 1. */
  long ordinal;

  /** Bytes of the record. */
  int length;

  /** Slots of the record. */
  int slotCount;

  /** Events of the record. */
  int eventCount;

  /** The producer's handle number. */
  int producer;

  /** What the REQUIRED caller waits for; null for LOSSY events. */
  @Nullable PendingAppend pending;
}
