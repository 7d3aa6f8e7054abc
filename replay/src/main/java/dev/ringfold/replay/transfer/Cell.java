// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

/**
 * One value of a record as it stands in a file. A value that is absent has no cell.
 *
 * @param name of the column or member
 * @param text the value, as it is written
 * @param form what the file itself says about it
 */
record Cell(String name, String text, Form form) {
  /** What a file says about a value. */
  enum Form {
    /** Nothing: all is text in CSV. */
    TEXT,
    /** A string of JSON. */
    STRING,
    /** A number of JSON, also {@code NaN} and {@code Infinity} as Python writes them. */
    NUMBER,
    /** {@code true} or {@code false} of JSON. */
    BOOLEAN
  }
}
