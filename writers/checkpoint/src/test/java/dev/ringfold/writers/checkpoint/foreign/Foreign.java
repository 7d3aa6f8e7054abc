// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.foreign;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.internal.io.DirectoryTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs that share no code with ours: Python and its modules, node and its packages, tools.
 * Where one is missing the calling test is skipped and says so; where one fails or takes too long
 * the test fails with everything it printed.
 *
 * <p>Node's packages are looked for in the folder that the environment variable {@value
 * #NODE_MODULES_VARIABLE} or the system property {@value #NODE_MODULES_PROPERTY} names.
 */
public final class Foreign {
  /** Debian's Python, and not another one that comes first on the path. */
  public static final Path PYTHON = Path.of("/usr/bin/python3");

  /** Names the folder {@code node_modules}; all that begin with RINGFOLD_ are the log's options. */
  public static final String NODE_MODULES_VARIABLE = "FOREIGN_NODE_MODULES";

  /** As {@link #NODE_MODULES_VARIABLE}, and comes first. */
  public static final String NODE_MODULES_PROPERTY = "ringfold.node.modules";

  private static final long SECONDS = 120;
  private static final Map<String, Boolean> PRESENT = new ConcurrentHashMap<>();

  private Foreign() {}

  /**
   * Runs a Python script.
   *
   * @param modules the script needs, such as {@code numpy}
   * @param script its text; finds the arguments in {@code sys.argv[1:]}
   * @return what it printed to its standard output, without white space at both ends
   */
  public static String python(List<String> modules, String script, Object... arguments) {
    assumeTrue(Files.isExecutable(PYTHON), "SKIPPED: there is no " + PYTHON);
    for (String module : modules) {
      assumeTrue(
          PRESENT.computeIfAbsent("python " + module, key -> imports(module)),
          () -> "SKIPPED: Python has no module " + module + "; apt-get install python3-" + module);
    }
    return inFolder(
        folder -> {
          Path file = Files.writeString(folder.resolve("script.py"), script);
          return run(command(List.of(PYTHON.toString(), "-I", file.toString()), arguments), folder);
        });
  }

  private static boolean imports(String module) {
    return inFolder(
        folder -> {
          List<String> command = List.of(PYTHON.toString(), "-I", "-c", "import " + module);
          return start(command, folder).exit() == 0;
        });
  }

  /**
   * Runs a script as a JavaScript module.
   *
   * @param packages the script imports, such as {@code zarrita}
   * @param script its text; finds the arguments in {@code process.argv.slice(2)}
   * @return what it printed to its standard output, without white space at both ends
   */
  public static String node(List<String> packages, String script, Object... arguments) {
    assumePresent("node", "--version");
    String modules =
        System.getProperty(
            NODE_MODULES_PROPERTY, System.getenv().getOrDefault(NODE_MODULES_VARIABLE, ""));
    for (String name : packages) {
      assumeTrue(
          !modules.isEmpty() && Files.isDirectory(Path.of(modules, name)),
          () -> "SKIPPED: no package " + name + " in " + NODE_MODULES_VARIABLE + "=" + modules);
    }
    return inFolder(
        folder -> {
          if (!packages.isEmpty()) {
            // A module finds its packages beside itself; NODE_PATH is not looked at.
            Files.createSymbolicLink(
                folder.resolve("node_modules"), Path.of(modules).toAbsolutePath());
          }
          Path file = Files.writeString(folder.resolve("script.mjs"), script);
          return run(command(List.of("node", file.toString()), arguments), folder);
        });
  }

  /**
   * Runs a tool that is found on the path, such as {@code h5dump}, which has to know the option
   * {@code --version}.
   *
   * @return what it printed to its standard output, without white space at both ends
   */
  public static String tool(String name, Object... arguments) {
    assumePresent(name, "--version");
    return inFolder(folder -> run(command(List.of(name), arguments), folder));
  }

  private static void assumePresent(String tool, String option) {
    assumeTrue(
        PRESENT.computeIfAbsent(
            tool, key -> inFolder(folder -> start(List.of(tool, option), folder).exit() == 0)),
        () -> "SKIPPED: there is no " + tool);
  }

  private static List<String> command(List<String> first, Object... arguments) {
    List<String> command = new ArrayList<>(first);
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  private static String run(List<String> command, Path folder) throws IOException {
    Ended ended = start(command, folder);
    if (ended.exit() != 0) {
      throw new AssertionError(
          command + " ended with " + ended.exit() + ":\n" + ended.output() + ended.errors());
    }
    return ended.output().strip();
  }

  private record Ended(int exit, String output, String errors) {}

  private static Ended start(List<String> command, Path folder) throws IOException {
    Path output = folder.resolve("output.txt");
    Path errors = folder.resolve("errors.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process;
    try {
      process = builder.start();
    } catch (IOException missing) {
      return new Ended(-1, "", String.valueOf(missing.getMessage()));
    }
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(command + " did not end within " + SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(command + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), text(output), text(errors));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private interface Work<T> {
    T in(Path folder) throws IOException;
  }

  private static <T> T inFolder(Work<T> work) {
    try {
      Path folder = Files.createTempDirectory("ringfold-foreign");
      try {
        return work.in(folder);
      } finally {
        DirectoryTree.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
