// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * UTF-8 without allocation and without replacement characters: a string that cannot come back equal
 * is refused instead of stored.
 */
final class Utf8 {
  private static final int TWO_BYTES = 0x80;
  private static final int THREE_BYTES = 0x800;

  /** Length in bytes, or {@code -1 - index} of the first surrogate without its partner. */
  static long length(String value) {
    int chars = value.length();
    long length = chars;
    for (int i = 0; i < chars; i++) {
      char c = value.charAt(i);
      if (c < TWO_BYTES) {
        continue;
      }
      if (c < THREE_BYTES) {
        length++;
      } else if (!Character.isSurrogate(c)) {
        length += 2;
      } else if (startsPair(value, i)) {
        length += 2; // Four bytes for the two chars.
        i++;
      } else {
        return -1L - i;
      }
    }
    return length;
  }

  /** Writes a string that {@link #length} accepted; the caller has made room. Returns the end. */
  static int encode(String value, byte[] target, int offset) {
    int chars = value.length();
    int at = offset;
    for (int i = 0; i < chars; i++) {
      char c = value.charAt(i);
      if (c < TWO_BYTES) {
        target[at++] = (byte) c;
      } else if (c < THREE_BYTES) {
        target[at++] = (byte) (0xC0 | c >> 6);
        target[at++] = continuation(c);
      } else if (!Character.isSurrogate(c)) {
        target[at++] = (byte) (0xE0 | c >> 12);
        target[at++] = continuation(c >> 6);
        target[at++] = continuation(c);
      } else {
        int point = Character.toCodePoint(c, value.charAt(++i));
        target[at++] = (byte) (0xF0 | point >> 18);
        target[at++] = continuation(point >> 12);
        target[at++] = continuation(point >> 6);
        target[at++] = continuation(point);
      }
    }
    return at;
  }

  private static boolean startsPair(String value, int index) {
    return Character.isHighSurrogate(value.charAt(index))
        && index + 1 < value.length()
        && Character.isLowSurrogate(value.charAt(index + 1));
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }

  private Utf8() {}
}
