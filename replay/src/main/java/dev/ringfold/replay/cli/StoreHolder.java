// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.internal.io.Host;
import dev.ringfold.internal.io.StoreLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who has a store open for writing, found without touching {@code LOCK}: the kernel's list of locks
 * says which process holds it, {@code OWNER} says on which host.
 *
 * @param status what is known
 * @param pid the holder, or the last one known; 0 when unknown
 * @param host its host; empty when unknown
 * @param started when the process began, as text; empty when unknown
 */
record StoreHolder(Status status, long pid, String host, String started) {
  private static final Path KERNEL_LOCKS = Path.of("/proc/locks");
  private static final int MAX_OWNER_BYTES = 4096;

  /** What is known about the holder. */
  enum Status {
    /** Nobody holds it. */
    NOBODY,
    /** A process holds it now. */
    HELD,
    /** A process that did not close it is gone. */
    GONE,
    /** Another host, or another container, says it holds it; that cannot be seen from here. */
    OUT_OF_SIGHT
  }

  static StoreHolder of(Path store) {
    List<String> owner = ownerLines(store);
    long ownerPid = number(value(owner, "pid "));
    String host = value(owner, "host ");
    String started = value(owner, "started ");
    long lockPid = lockHolder(store.resolve(StoreLock.LOCK_FILE));
    if (lockPid > 0) {
      return new StoreHolder(Status.HELD, lockPid, Host.name(), lockPid == ownerPid ? started : "");
    }
    if (ownerPid == 0) {
      return new StoreHolder(Status.NOBODY, 0, "", "");
    }
    if (!host.equals(Host.name())) {
      return new StoreHolder(Status.OUT_OF_SIGHT, ownerPid, host, started);
    }
    boolean visible = Files.isReadable(KERNEL_LOCKS);
    Optional<ProcessHandle> process = ProcessHandle.of(ownerPid);
    boolean held = !visible && process.isPresent() && process.get().isAlive();
    return new StoreHolder(held ? Status.HELD : Status.GONE, ownerPid, host, started);
  }

  boolean held() {
    return status == Status.HELD;
  }

  String toText() {
    String who = "process " + pid + " on host " + Quantities.printable(host);
    String since = started.isEmpty() ? "" : ", started " + Quantities.printable(started);
    return switch (status) {
      case NOBODY -> "nobody";
      case HELD -> who + since;
      case GONE -> "nobody; " + who + " had it open and is gone";
      case OUT_OF_SIGHT -> who + since + " (says OWNER; cannot be seen from here)";
    };
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object().put("held", held());
    if (pid != 0) {
      node.put("pid", pid).put("host", host).put("started", started);
    }
    return node.put("text", toText());
  }

  /** Process that the kernel says locks the file; 0 when there is none or it cannot be told. */
  private static long lockHolder(Path lockFile) {
    try {
      long inode = (Long) Files.getAttribute(lockFile, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      long device = (Long) Files.getAttribute(lockFile, "unix:dev", LinkOption.NOFOLLOW_LINKS);
      String place = place(device, inode);
      for (String line : Files.readAllLines(KERNEL_LOCKS)) {
        // "1: POSIX  ADVISORY  WRITE 4711 08:01:1234 0 EOF"
        String[] fields = line.trim().split("\\s+");
        if (Arrays.asList(fields).contains(place) && fields.length > 5 && !fields[1].equals("->")) {
          return number(fields[4]);
        }
      }
      return 0;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException absent) {
      return 0;
    }
  }

  /** Device and inode as {@code /proc/locks} writes them. */
  private static String place(long device, long inode) {
    long major = (device >>> 8) & 0xFFF;
    long minor = (device & 0xFF) | ((device >>> 12) & 0xFFF00);
    return String.format(java.util.Locale.ROOT, "%02x:%02x:%d", major, minor, inode);
  }

  private static List<String> ownerLines(Path store) {
    try (var in = Files.newInputStream(store.resolve(StoreLock.OWNER_FILE))) {
      String text = new String(in.readNBytes(MAX_OWNER_BYTES), StandardCharsets.UTF_8);
      return text.lines().toList();
    } catch (IOException absentOrNotReadable) {
      return List.of();
    }
  }

  private static String value(List<String> lines, String key) {
    for (String line : lines) {
      if (line.startsWith(key)) {
        return line.substring(key.length()).strip();
      }
    }
    return "";
  }

  private static long number(@Nullable String text) {
    return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}
