// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import java.util.List;
import java.util.function.Function;

/** Event types as they are named on the command line. Stateless. */
final class TypeNames {
  private static final int MAX_ID = 65_535;

  private TypeNames() {}

  /** The id of a type given by name, whatever its case, or by number. */
  static int id(EventTypes types, String text, Function<String, ? extends RuntimeException> wrong) {
    if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= MAX_ID) {
      return Integer.parseInt(text);
    }
    for (EventType<?> type : types.all()) {
      if (type.name().equalsIgnoreCase(text)) {
        return type.id();
      }
    }
    List<String> names = types.all().stream().map(EventType::name).toList();
    throw wrong.apply(
        "unknown event type '"
            + text
            + "'. Known here: "
            + String.join(", ", names)
            + "; give a type of your own by its number, 0 to "
            + MAX_ID);
  }
}
