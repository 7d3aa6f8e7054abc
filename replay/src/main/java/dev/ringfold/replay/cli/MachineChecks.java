// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.MissingJvmFlagsException;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.Host;
import dev.ringfold.internal.io.JvmFlags;
import dev.ringfold.internal.io.Posix;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code doctor} looks at on any machine, with or without a store. Stateless. */
final class MachineChecks {
  private static final int JAVA_MIN = 17;
  private static final long OPEN_FILES_BAD = 256;
  private static final long OPEN_FILES_WARN = 4096;
  private static final long SHARED_MEMORY_MIN_BYTES = 1 << 20;

  /** From this kernel on, pages of a mapping can be populated for writing. */
  private static final int POPULATE_MAJOR = 5;

  private static final int POPULATE_MINOR = 14;
  private static final Pattern KERNEL = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final List<String> LIBRARIES =
      List.of("chronicle-queue", "chronicle-wire", "chronicle-bytes", "chronicle-core");
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private MachineChecks() {}

  static List<Check> all() {
    List<Check> checks = new ArrayList<>();
    checks.add(java());
    checks.add(flags());
    checks.add(kernel());
    checks.add(libraries());
    checks.add(telemetry());
    checks.add(nativeCalls());
    checks.add(sharedMemory());
    checks.add(bootId());
    checks.add(openFiles());
    return checks;
  }

  private static Check java() {
    String found = Runtime.version() + " (" + System.getProperty("java.vendor", "") + ")";
    return Runtime.version().feature() >= JAVA_MIN
        ? Check.ok("java", found)
        : Check.bad("java", found, "use Java 17 or newer; 17 and 25 are tested");
  }

  private static Check flags() {
    try {
      JvmFlags.require();
      return Check.ok("jvm flags", "given; a program of your own needs: java " + JvmFlags.line());
    } catch (MissingJvmFlagsException e) {
      return Check.bad(
          "jvm flags",
          "missing: a store can be read, but not opened for writing",
          "start with: java " + JvmFlags.line());
    }
  }

  private static Check kernel() {
    String system = System.getProperty("os.name", "");
    String version = System.getProperty("os.version", "");
    String found = system + " " + version + " " + System.getProperty("os.arch", "");
    if (!Host.isLinux()) {
      return Check.warn(
          "system", found, "acknowledgements at DISK level are promised on Linux only");
    }
    Matcher matcher = KERNEL.matcher(version);
    if (matcher.matches() && isOlder(matcher)) {
      return Check.warn("system", found, "from Linux 5.14 on, writing is smoother");
    }
    return Check.ok("system", found);
  }

  private static boolean isOlder(Matcher kernel) {
    int major = Integer.parseInt(kernel.group(1));
    int minor = Integer.parseInt(kernel.group(2));
    return major < POPULATE_MAJOR || (major == POPULATE_MAJOR && minor < POPULATE_MINOR);
  }

  private static Check libraries() {
    TreeMap<String, String> versions = new TreeMap<>();
    for (String library : LIBRARIES) {
      versions.put(library, versionOf(library));
    }
    return versions.containsValue("missing")
        ? Check.bad("libraries", versions.toString(), "put the missing jars on the class path")
        : Check.ok("libraries", versions.toString());
  }

  private static String versionOf(String library) {
    String resource = "/META-INF/maven/net.openhft/" + library + "/pom.properties";
    try (InputStream in = MachineChecks.class.getResourceAsStream(resource)) {
      if (in == null) {
        return "missing";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static Check telemetry() {
    String resource = "/META-INF/maven/net.openhft/chronicle-analytics/pom.properties";
    return MachineChecks.class.getResource(resource) == null
        ? Check.ok("telemetry", "chronicle-analytics is not on the class path")
        : Check.warn(
            "telemetry",
            "chronicle-analytics is on the class path",
            "exclude it: it writes to the home directory and reports usage");
  }

  private static Check nativeCalls() {
    JvmFlags.quietChronicle();
    return Posix.available()
        ? Check.ok("native calls", "fallocate and madvise can be called")
        : Check.warn(
            "native calls",
            "not available: the journal relies on the free-space check alone",
            "give java.io.tmpdir a directory that is not mounted noexec");
  }

  private static Check sharedMemory() {
    try {
      String type = StoreSecurity.fileSystemType(SHARED_MEMORY);
      long usable = Files.getFileStore(SHARED_MEMORY).getUsableSpace();
      String found = SHARED_MEMORY + " is " + type + ", " + Quantities.bytes(usable) + " usable";
      boolean fit = type.equals("tmpfs") && Files.isWritable(SHARED_MEMORY);
      return fit && usable >= SHARED_MEMORY_MIN_BYTES
          ? Check.ok("shared memory", found)
          : Check.warn("shared memory", found, counters());
    } catch (IOException | RingfoldException e) {
      return Check.warn("shared memory", SHARED_MEMORY + " is not there", counters());
    }
  }

  private static String counters() {
    return "mount a tmpfs with 1 MiB free at /dev/shm; without it the loss counters are beside the"
        + " journal and an offer may wait for the disk";
  }

  private static Check bootId() {
    return Host.bootId() != null
        ? Check.ok("boot id", "known")
        : Check.warn(
            "boot id",
            "unknown",
            "mount /proc; without it the loss ledger is a lower bound after every crash");
  }

  private static Check openFiles() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith("Max open files")) {
          return openFiles(line.substring("Max open files".length()).trim().split("\\s+")[0]);
        }
      }
    } catch (IOException noProcFs) {
      return Check.warn("open files", "limit unknown", "compare: ulimit -n");
    }
    return Check.warn("open files", "limit unknown", "compare: ulimit -n");
  }

  static Check openFiles(String limit) {
    String remedy = "raise it: ulimit -n " + OPEN_FILES_WARN;
    if (limit.equals("unlimited") || Long.parseLong(limit) >= OPEN_FILES_WARN) {
      return Check.ok("open files", "limit " + limit);
    }
    return Long.parseLong(limit) < OPEN_FILES_BAD
        ? Check.bad("open files", "limit " + limit, remedy)
        : Check.warn("open files", "limit " + limit, remedy);
  }
}
