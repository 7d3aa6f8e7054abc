// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** A command that was run, in this process or in one of its own. */
record Ran(int exitCode, String out, String err) {
  private static final long TIMEOUT_SECONDS = 120;

  static Ran ringfold(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    int exitCode = commandLine.execute(texts(arguments));
    return new Ran(exitCode, out.toString(), err.toString());
  }

  /** In a JVM of its own, with these options for it. */
  static Ran process(List<String> jvmOptions, Path folder, Object... arguments) throws Exception {
    List<String> options = new ArrayList<>(jvmOptions);
    options.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return process(List.of(), options, folder, arguments);
  }

  /** In a JVM of its own that another program starts; it sets the class path, or an option does. */
  static Ran process(
      List<String> wrapper, List<String> jvmOptions, Path folder, Object... arguments)
      throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Ran ran = printing(out, wrapper, jvmOptions, folder, arguments);
    return new Ran(ran.exitCode, Files.readString(out), ran.err);
  }

  /** In a JVM of its own, whose stdout is this file. */
  static Ran printing(
      Path out, List<String> wrapper, List<String> jvmOptions, Path folder, Object... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add(Main.class.getName());
    command.addAll(List.of(texts(arguments)));
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " ran longer than " + TIMEOUT_SECONDS + " s");
    }
    return new Ran(process.exitValue(), "", Files.readString(err));
  }

  List<String> lines() {
    return out.lines().toList();
  }

  /** The one object that was printed. */
  JsonNode json() {
    List<JsonNode> objects = jsonLines();
    if (objects.size() != 1) {
      throw new AssertionError("expected one line of JSON but found: " + out + err);
    }
    return objects.get(0);
  }

  List<JsonNode> jsonLines() {
    ObjectMapper mapper = new ObjectMapper();
    List<JsonNode> objects = new ArrayList<>();
    try {
      for (String line : lines()) {
        objects.add(mapper.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + out, e);
    }
    return objects;
  }

  private static String[] texts(Object... arguments) {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      texts[i] = arguments[i].toString();
    }
    return texts;
  }
}
