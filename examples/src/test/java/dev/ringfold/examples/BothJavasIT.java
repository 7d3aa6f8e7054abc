// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both packaged jars, with plain {@code java -jar}, on Java 17 and on Java 25. */
final class BothJavasIT {
  private static final long TIMEOUT_SECONDS = 120;
  private static final Path JAVAS = Path.of("/usr/lib/jvm");
  private static final Path ROOT = Path.of(System.getProperty("ringfold.root"));

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "17,replay/target/ringfold-replay.jar",
    "17,examples/target/ringfold-examples.jar",
    "25,replay/target/ringfold-replay.jar",
    "25,examples/target/ringfold-examples.jar"
  })
  void aStoreIsCreatedReadAndVerifiedWithoutAnyFlag(int feature, String jar) throws Exception {
    Path java = java(feature);
    assumeTrue(
        java != null,
        "no Java "
            + feature
            + " here: set JAVA"
            + feature
            + "_HOME, or install one below "
            + JAVAS);
    String store = folder.resolve("store").toString();

    Run init = run(java, jar, "init", store);
    Run tail = run(java, jar, "tail", store, "--json");
    Run verify = run(java, jar, "verify", store);
    Run doctor = run(java, jar, "doctor", store);
    Run missing = run(java, jar, "stat", store + "-missing");

    assertThat(init.output()).as(init.errors()).startsWith("created store " + store);
    assertThat(init.exitCode()).isZero();
    assertThat(tail.output().lines()).hasSize(2).allMatch(line -> line.startsWith("{"));
    assertThat(verify.output()).contains("intact: 0 errors");
    assertThat(doctor.output()).contains("ok    jvm flags").containsPattern("java +" + feature);
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.errors()).startsWith("error: There is no store at ");
    assertThat(tail.errors() + verify.errors()).doesNotContain("\tat ");
  }

  /** A JDK of this version: this one, the one that the environment names, or an installed one. */
  private static Path java(int feature) throws IOException {
    List<Path> homes = new ArrayList<>();
    if (Runtime.version().feature() == feature) {
      homes.add(Path.of(System.getProperty("java.home")));
    }
    String named = System.getenv("JAVA" + feature + "_HOME");
    if (named != null) {
      homes.add(Path.of(named));
    }
    if (Files.isDirectory(JAVAS)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(JAVAS, "*" + feature + "*")) {
        found.forEach(homes::add);
      }
    }
    for (Path home : homes) {
      Path java = home.resolve("bin/java");
      if (Files.isExecutable(java)) {
        return java;
      }
    }
    return null;
  }

  private Run run(Path java, String jar, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(java.toString(), "-jar", ROOT.resolve(jar).toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "out", "");
    Path errors = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " ran longer than " + TIMEOUT_SECONDS + " s");
    }
    return new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
  }

  private record Run(int exitCode, String output, String errors) {}
}
