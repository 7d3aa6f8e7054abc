// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * One thing that {@code doctor} looked at.
 *
 * @param level how it is
 * @param name what was looked at
 * @param found what was found
 * @param remedy what to do; empty when all is well
 */
record Check(Level level, String name, String found, String remedy) {

  /** How something is. */
  enum Level {
    /** As it should be. */
    OK,
    /** Works, but not as well as it could. */
    WARN,
    /** A log cannot be opened, or cannot keep its promises. */
    BAD
  }

  static Check ok(String name, String found) {
    return new Check(Level.OK, name, found, "");
  }

  static Check warn(String name, String found, String remedy) {
    return new Check(Level.WARN, name, found, remedy);
  }

  static Check bad(String name, String found, String remedy) {
    return new Check(Level.BAD, name, found, remedy);
  }

  String toText() {
    String line = String.format(Locale.ROOT, "%-5s %-18s %s", word(), name, found);
    return remedy.isEmpty() ? line : line + "\n" + " ".repeat(25) + "-> " + remedy;
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("level", word()).put("check", name).put("found", found);
    return remedy.isEmpty() ? node : node.put("remedy", remedy);
  }

  private String word() {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
