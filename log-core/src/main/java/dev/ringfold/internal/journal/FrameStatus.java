// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

/** What a {@link FrameReader} found at its position. */
public enum FrameStatus {
  /** A frame that passed every check. */
  FRAME,
  /** Nothing is written here yet, or the limit is reached. */
  END,
  /** A document is begun and not complete. */
  INCOMPLETE,
  /** The bytes here are not a valid frame, or not the next one of the chain. */
  DAMAGED
}
