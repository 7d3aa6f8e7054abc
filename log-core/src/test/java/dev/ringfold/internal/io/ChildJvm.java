// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A second JVM with this test's class path; what only a process death or another PID can show. */
public final class ChildJvm implements AutoCloseable {
  public static final List<String> FLAGS = List.of(JvmFlags.line().split(" "));

  private static final long TIMEOUT_SECONDS = 60;
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private final Process process;
  private final Path errors;

  private ChildJvm(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  public static ChildJvm start(Class<?> main, List<String> jvmArguments, Object... arguments) {
    List<String> command =
        new ArrayList<>(List.of(JAVA, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-ea"));
    command.addAll(jvmArguments);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      Path errors = Files.createTempFile("ringfold-child", ".err");
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      return new ChildJvm(process, errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long pid() {
    return process.pid();
  }

  /** The next line the child printed; for "I am ready". */
  public String readLine() {
    StringBuilder line = new StringBuilder();
    try {
      InputStream out = process.getInputStream();
      for (int b = out.read(); b >= 0 && b != '\n'; b = out.read()) {
        line.append((char) b);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString();
  }

  /** Ends the child as kill -9 does and waits for its death. */
  public void kill() {
    process.destroyForcibly();
    exitCode();
  }

  public int exitCode() {
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("child JVM did not end; its errors: " + errors());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** All the output that {@link #readLine} has not taken; waits for the end. */
  public String output() {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String errors() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
    try {
      Files.deleteIfExists(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
