// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jars and the launcher, started as a user starts them, on the JDK of this build. */
@Tag("smoke")
final class RunnableJarIT {
  private static final long TIMEOUT_SECONDS = 60;
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final Path ROOT = Path.of(System.getProperty("ringfold.root"));
  private static final Path CLI_JAR = ROOT.resolve("replay/target/ringfold-replay.jar");
  private static final Path EXAMPLES_JAR = ROOT.resolve("examples/target/ringfold-examples.jar");

  @TempDir private Path folder;

  @Test
  void commandLineJarRunsWithPlainJavaDashJar() throws Exception {
    Run run = run(List.of(JAVA, "-jar", CLI_JAR.toString(), "--version"), Map.of());

    assertThat(run.errors()).isEmpty();
    assertThat(run.output()).startsWith("ringfold " + System.getProperty("ringfold.version"));
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void examplesJarRunsWithPlainJavaDashJar() throws Exception {
    Run run = run(List.of(JAVA, "-jar", EXAMPLES_JAR.toString(), "--help"), Map.of());

    assertThat(run.errors()).isEmpty();
    assertThat(run.output()).startsWith("Usage: ringfold");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void wrongArgumentEndsWithExitCodeTwoAndUsageOnStandardError() throws Exception {
    Run run = run(List.of(JAVA, "-jar", CLI_JAR.toString(), "no-such-command"), Map.of());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output()).isEmpty();
    assertThat(run.errors()).contains("no-such-command").contains("Usage: ringfold");
  }

  @Test
  void manifestsGrantWhatChronicleNeeds() throws Exception {
    for (Path jar : List.of(CLI_JAR, EXAMPLES_JAR)) {
      try (JarFile file = new JarFile(jar.toFile())) {
        Attributes attributes = file.getManifest().getMainAttributes();

        assertThat(attributes.getValue("Add-Exports")).isEqualTo("java.base/sun.nio.ch");
        assertThat(attributes.getValue("Add-Opens")).isEqualTo("java.base/java.lang.reflect");
        assertThat(attributes.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
        for (String entry : attributes.getValue("Class-Path").split(" ")) {
          assertThat(jar.resolveSibling(entry)).exists();
        }
      }
    }
  }

  @Test
  void launcherRunsThroughSymbolicLinksFromAnyFolder() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("one"), ROOT.resolve("ringfold"));
    Path second = Files.createSymbolicLink(folder.resolve("two"), link.getFileName());

    Run run =
        run(
            List.of(second.toString(), "--version"),
            Map.of("RINGFOLD_JAVA_OPTS", "-Xmx64m -Dsome.option=1"));

    assertThat(run.errors()).isEmpty();
    assertThat(run.output()).startsWith("ringfold ").contains("Java " + Runtime.version());
    assertThat(run.exitCode()).isZero();
    // JUnit warns about links out of the folder that it deletes.
    Files.delete(second);
    Files.delete(link);
  }

  @Test
  void launcherSaysWhichJavaItMisses() throws Exception {
    Run run =
        run(
            List.of(ROOT.resolve("ringfold").toString(), "--version"),
            Map.of("JAVA_HOME", folder.toString()));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errors()).contains("JAVA_HOME is " + folder).contains("JDK 17 or newer");
  }

  private Run run(List<String> command, Map<String, String> environment) throws Exception {
    Path output = Files.createTempFile(folder, "out", "");
    Path errors = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // The launcher must not start a second Maven in the folders of this one.
    builder.environment().put("RINGFOLD_NO_BUILD", "1");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " ran longer than " + TIMEOUT_SECONDS + " s");
    }
    return new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
  }

  private record Run(int exitCode, String output, String errors) {}
}
