// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.tensor;

/**
 * Which names tensors may have: those of a PyTorch {@code state_dict} ({@code layer1.0.weight}) and
 * of TensorFlow ({@code dense/kernel:0}), and nothing that means something to a file system.
 */
public final class TensorNames {
  /** Most characters of a name. */
  public static final int MAX_LENGTH = 512;

  /** Most characters between two slashes: what a file name may have, with room for a suffix. */
  public static final int MAX_PART_LENGTH = 200;

  private TensorNames() {}

  /**
   * Checks a name: parts of {@code A-Za-z0-9_.:+@-}, divided by single slashes, none of them empty
   * or beginning with a dot.
   *
   * @return the name
   * @throws IllegalArgumentException when it is another one
   */
  public static String check(String name) {
    String problem = problem(name);
    if (problem != null) {
      throw new IllegalArgumentException(
          "The tensor name '"
              + (name.length() > MAX_LENGTH ? name.substring(0, MAX_LENGTH) + "…" : name)
              + "' "
              + problem
              + "; a name is made of parts of A-Za-z0-9_.:+@- divided by single slashes");
    }
    return name;
  }

  private static @org.jspecify.annotations.Nullable String problem(String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      return "has " + name.length() + " characters, not 1 to " + MAX_LENGTH;
    }
    int partStart = 0;
    for (int i = 0; i <= name.length(); i++) {
      char c = i == name.length() ? '/' : name.charAt(i);
      if (c == '/') {
        if (i == partStart || i - partStart > MAX_PART_LENGTH) {
          return "has a part of " + (i - partStart) + " characters at " + partStart;
        }
        partStart = i + 1;
      } else if (c == '.' && i == partStart) {
        return "has a part that begins with a dot at " + i;
      } else if (!allowed(c)) {
        return "has the character U+"
            + String.format(java.util.Locale.ROOT, "%04X", (int) c)
            + " at "
            + i;
      }
    }
    return null;
  }

  private static boolean allowed(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "_.:+@-".indexOf(c) >= 0;
  }
}
