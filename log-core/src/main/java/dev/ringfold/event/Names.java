// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/** The rule for names people give to things: some text, no control characters, not too long. */
final class Names {
  private Names() {}

  static void check(String what, String name, int minBytes, int maxBytes) {
    long length = Utf8.length(name);
    if (length < 0) {
      throw new IllegalArgumentException(
          what + " has an unpaired surrogate at index " + (-1 - length));
    }
    if (length < minBytes || length > maxBytes) {
      throw new IllegalArgumentException(
          what
              + " must be "
              + minBytes
              + " to "
              + maxBytes
              + " bytes of UTF-8 but has "
              + length
              + ": '"
              + name.substring(0, Math.min(name.length(), 64))
              + "'");
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.isISOControl(name.charAt(i))) {
        throw new IllegalArgumentException(
            what + " has the control character " + (int) name.charAt(i) + " at index " + i);
      }
    }
  }
}
