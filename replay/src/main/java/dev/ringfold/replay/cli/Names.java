// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Constants as they are named on the command line. Stateless. */
final class Names {
  private Names() {}

  /** The constant of this name, whatever its case. */
  static <E extends Enum<E>> E constant(
      Class<E> type, String text, Function<String, ? extends RuntimeException> wrong) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    String known =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw wrong.apply("expected one of " + known + " but found '" + text + "'");
  }
}
