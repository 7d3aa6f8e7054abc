// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

/** How bad a {@link Finding} is. */
public enum Severity {
  /** Worth knowing; nothing is wrong. */
  NOTE,
  /** Something derived is missing or wrong; no event is lost, and it can be made again. */
  WARNING,
  /** Something that was promised is damaged or missing. */
  ERROR
}
