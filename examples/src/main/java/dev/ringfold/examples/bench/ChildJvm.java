// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a child JVM: the same flags for every peer. */
final class ChildJvm {
  /** First Java version that warns about native access that was not enabled. */
  private static final int NATIVE_ACCESS_VERSION = 22;

  /** First Java version that has an option for sun.misc.Unsafe, which the peers use. */
  private static final int UNSAFE_OPTION_VERSION = 23;

  private ChildJvm() {}

  /** The flags that every child gets. */
  static List<String> flags() {
    return flags("-Xms256m", "-Xmx1g");
  }

  /** What every child needs, with a heap of its own. */
  static List<String> flags(String... heap) {
    List<String> flags = new ArrayList<>(List.of(heap));
    flags.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    flags.add("--add-opens=java.base/java.lang.reflect=ALL-UNNAMED");
    flags.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
    int version = Runtime.version().feature();
    if (version >= NATIVE_ACCESS_VERSION) {
      flags.add("--enable-native-access=ALL-UNNAMED");
    }
    if (version >= UNSAFE_OPTION_VERSION) {
      flags.add("--sun-misc-unsafe-memory-access=allow");
    }
    flags.add("-Dchronicle.analytics.disable=true");
    flags.add("-Dchronicle.announcer.disable=true");
    return List.copyOf(flags);
  }

  /** The command that runs a child of this kind with this JVM's own Java and class path. */
  static List<String> command(ChildKind kind, Path sharedMemory, Path directory) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(kind.flags());
    command.add("-D" + SharedMemory.PROPERTY + "=" + sharedMemory);
    String aeron = System.getProperty(AeronPeer.MODE_PROPERTY);
    if (aeron != null) {
      command.add("-D" + AeronPeer.MODE_PROPERTY + "=" + aeron);
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(kind.main().getName());
    command.add(kind.label());
    command.add(directory.toString());
    return command;
  }
}
