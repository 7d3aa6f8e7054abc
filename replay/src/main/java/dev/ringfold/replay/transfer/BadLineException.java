// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

/** One record of a file is not a row of metrics; the reader knows its line. */
final class BadLineException extends Exception {
  private static final long serialVersionUID = 1L;

  BadLineException(String message) {
    super(message, null, false, false);
  }
}
