// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Facts about this machine and process, read without DNS and without a native call. Thread-safe.
 */
public final class Host {
  /** Result of {@link #effectiveUid()} where the operating system does not tell. */
  public static final long UNKNOWN_UID = -1L;

  private static final String BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";
  private static final String HOST_NAME_FILE = "/proc/sys/kernel/hostname";
  private static final String STATUS_FILE = "/proc/self/status";
  private static final int EFFECTIVE_UID_FIELD = 2;

  private Host() {}

  /** Whether this is Linux, the one system where acknowledgements at DISK level are supported. */
  public static boolean isLinux() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
  }

  /** The host name as the kernel has it, or {@code unknown-host}. */
  public static String name() {
    String name = firstLine(HOST_NAME_FILE);
    if (name == null || name.isBlank()) {
      name = System.getenv("HOSTNAME");
    }
    return name == null || name.isBlank() ? "unknown-host" : name.strip();
  }

  /** 32 hex digits that change at every boot, or null where there is no such id. */
  public static @Nullable String bootId() {
    String line = firstLine(BOOT_ID_FILE);
    if (line == null) {
      return null;
    }
    String hex = line.strip().replace("-", "").toLowerCase(Locale.ROOT);
    return hex.matches("[0-9a-f]{32}") ? hex : null;
  }

  /** The user id that owns the files this process creates, or {@link #UNKNOWN_UID}. */
  public static long effectiveUid() {
    try {
      for (String line : Files.readAllLines(Path.of(STATUS_FILE))) {
        if (line.startsWith("Uid:")) {
          return Long.parseLong(line.split("\\s+")[EFFECTIVE_UID_FIELD]);
        }
      }
      return UNKNOWN_UID;
    } catch (IOException | RuntimeException noProcFs) {
      return UNKNOWN_UID;
    }
  }

  /** The process id of this JVM. */
  public static long pid() {
    return ProcessHandle.current().pid();
  }

  /** When the process {@code pid} was started, or null when it is gone or its start is hidden. */
  public static @Nullable Instant startOf(long pid) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty() || !process.get().isAlive()) {
      return null;
    }
    return process.get().info().startInstant().orElse(null);
  }

  private static @Nullable String firstLine(String file) {
    try {
      String text = Files.readString(Path.of(file));
      int end = text.indexOf('\n');
      return end < 0 ? text : text.substring(0, end);
    } catch (IOException | RuntimeException absent) {
      return null;
    }
  }
}
