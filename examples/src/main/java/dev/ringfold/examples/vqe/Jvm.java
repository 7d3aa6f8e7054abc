// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of JVMs like this one. */
final class Jvm {
  private static final int NATIVE_ACCESS_VERSION = 22;
  private static final int UNSAFE_OPTION_VERSION = 23;

  private Jvm() {}

  /** For a class that opens no log. */
  static List<String> small(Class<?> main, Object... arguments) {
    return command(
        List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), main, arguments);
  }

  /** For a class that writes a log. */
  static List<String> withLog(Class<?> main, Object... arguments) {
    List<String> flags = new ArrayList<>();
    flags.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    flags.addAll(List.of("--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED"));
    flags.addAll(List.of("--add-opens", "java.base/java.lang.reflect=ALL-UNNAMED"));
    int version = Runtime.version().feature();
    if (version >= NATIVE_ACCESS_VERSION) {
      flags.add("--enable-native-access=ALL-UNNAMED");
    }
    if (version >= UNSAFE_OPTION_VERSION) {
      flags.add("--sun-misc-unsafe-memory-access=allow");
    }
    return command(flags, main, arguments);
  }

  private static List<String> command(List<String> flags, Class<?> main, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }
}
