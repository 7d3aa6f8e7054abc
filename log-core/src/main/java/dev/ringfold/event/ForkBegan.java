// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.Objects;

/**
 * The store was opened for the first time since it was forked, or restored, from another one. All
 * events up to {@code sequence} are those of the other store; this one and all that follow are its
 * own.
 *
 * <pre>
 * offset size payload
 *      0   16 parentStore  id of the store it comes from
 *     16    8 sequence     last sequence they share
 *     24    . name         string, what its maker called the fork; may be empty
 * </pre>
 *
 * @param parentStore 32 lower-case hex digits
 * @param sequence last sequence they share
 * @param name may be empty
 */
public record ForkBegan(String parentStore, long sequence, String name) implements Event {
  /** Bytes of a store id. */
  static final int STORE_ID_LENGTH = 16;

  /** Checks what must be there. */
  public ForkBegan {
    Objects.requireNonNull(name, "name");
    if (!parentStore.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("store id must be 32 hex digits but was " + parentStore);
    }
  }
}
