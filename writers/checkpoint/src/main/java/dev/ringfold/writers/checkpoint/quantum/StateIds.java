// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Which ids states may have: what is a name in every format and means nothing to a file system. */
public final class StateIds {
  /** Most bytes of an id in UTF-8. */
  public static final int MAX_BYTES = 200;

  private static final int DELETE = 0x7f;

  private StateIds() {}

  /**
   * Checks an id: 1 to {@value #MAX_BYTES} bytes, no slash, backslash or control character, and no
   * dot at its beginning.
   *
   * @return the id
   * @throws IllegalArgumentException when it is another one
   */
  public static String check(String id) {
    String problem = problem(id);
    if (problem != null) {
      throw new IllegalArgumentException(
          "The state id '" + (id.length() > 80 ? id.substring(0, 80) + "…" : id) + "' " + problem);
    }
    return id;
  }

  /** What is wrong with an id, or null. */
  public static @Nullable String problem(String id) {
    if (id.isEmpty()) {
      return "is empty";
    }
    if (id.length() > MAX_BYTES || id.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return "has more than " + MAX_BYTES + " bytes";
    }
    if (id.charAt(0) == '.') {
      return "begins with a dot";
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean paired =
          Character.isHighSurrogate(c)
              && i + 1 < id.length()
              && Character.isLowSurrogate(id.charAt(i + 1));
      if (paired) {
        i++;
      } else if (c < ' ' || c == DELETE || c == '/' || c == '\\' || Character.isSurrogate(c)) {
        return "has the character U+"
            + String.format(java.util.Locale.ROOT, "%04X", (int) c)
            + " at "
            + i;
      }
    }
    return null;
  }
}
