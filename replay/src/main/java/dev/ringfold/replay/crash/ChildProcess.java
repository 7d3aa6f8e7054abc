// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A {@link CrashChild} as its parent sees it. Used by one thread. */
final class ChildProcess implements AutoCloseable {
  private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long POLL_NANOS = 2_000_000L;
  private static final int MAX_OUTPUT_CHARS = 4_000;

  /** What a child is told. */
  record Order(
      Path store,
      Path oracle,
      long seed,
      String workload,
      AckLevel level,
      long firstItem,
      long items,
      @Nullable String faultPoint) {}

  private final Process process;
  private final Order order;
  private final Path output;
  private final long oracleBefore;

  private ChildProcess(Process process, Order order, Path output, long oracleBefore) {
    this.process = process;
    this.order = order;
    this.output = output;
    this.oracleBefore = oracleBefore;
  }

  /** Starts a child. */
  static ChildProcess start(Order order) {
    return start(order, List.of());
  }

  /** Starts a child under another program, such as strace. */
  static ChildProcess start(Order order, List<String> wrapper) {
    Path output = order.oracle.resolveSibling(order.oracle.getFileName() + ".output");
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(javaCommand(order));
    try {
      long before = Oracle.length(order.oracle);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      return new ChildProcess(process, order, output, before);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command, e);
    }
  }

  private static List<String> javaCommand(Order order) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Started hundreds of times: what counts is the start.
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED"));
    command.addAll(List.of("--add-opens", "java.base/java.lang.reflect=ALL-UNNAMED"));
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    if (order.faultPoint != null) {
      command.add("-D" + FaultPoint.PROPERTY + "=" + order.faultPoint);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CrashChild.class.getName());
    command.add(order.store.toString());
    command.add(order.oracle.toString());
    command.add(Long.toString(order.seed));
    command.add(order.workload);
    command.add(order.level.name());
    command.add(Long.toString(order.firstItem));
    command.add(Long.toString(order.items));
    return command;
  }

  /** Waits until the child has its log open; false when it ended before. */
  boolean awaitOpen() {
    return awaitAcks(0);
  }

  /** Waits until this many acknowledgements came from this child; false when it ended before. */
  boolean awaitAcks(long count) {
    long bytes = oracleBefore + (count + 1) * Oracle.RECORD_LENGTH;
    long deadline = System.nanoTime() + START_TIMEOUT_NANOS;
    while (Oracle.length(order.oracle) < bytes) {
      if (!process.isAlive()) {
        return Oracle.length(order.oracle) >= bytes;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the child does not answer: " + output());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /** SIGKILL, now. */
  void kill() {
    process.toHandle().destroyForcibly();
    awaitExit();
  }

  /** Waits for the end; returns the exit code. */
  int awaitExit() {
    try {
      if (!process.waitFor(START_TIMEOUT_NANOS, TimeUnit.NANOSECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("the child did not end: " + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Whether the child runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** The child's process id. */
  long pid() {
    return process.pid();
  }

  /** The last of what the child printed. */
  String output() {
    try {
      String text = Files.readString(output, StandardCharsets.UTF_8);
      return text.substring(Math.max(0, text.length() - MAX_OUTPUT_CHARS));
    } catch (IOException e) {
      return "no output: " + e;
    }
  }

  /** Kills the child if it still runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
    }
  }
}
