// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fault harness out of the packaged jar: its children find their classes there as well. */
final class CrashTestJarIT {
  private static final long TIMEOUT_SECONDS = 240;
  private static final Path ROOT = Path.of(System.getProperty("ringfold.root"));
  private static final Path EXAMPLES_JAR = ROOT.resolve("examples/target/ringfold-examples.jar");

  @TempDir private Path folder;

  @Test
  void oneSeedOfKillsAndOfLossesOfPowerRunsFromTheJarAndWritesItsReport() throws Exception {
    Path report = folder.resolve("out.html");

    Run run =
        crashtest("--seeds", "1..1", "--fault", "kill", "--fault", "power", "--report", report);

    assertThat(run.exitCode()).as(run.text()).isZero();
    assertThat(run.text()).contains("kill -9").contains("power loss").doesNotContain("FAILED");
    assertThat(Files.readString(report))
        .contains("<td>kill -9</td><td>5</td>")
        .contains("<td>25</td>");
    assertThat(folder.resolve("kept")).doesNotExist();
  }

  private Run crashtest(Object... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", EXAMPLES_JAR.toString(), "crashtest", "--dir", "kept"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " ran longer than " + TIMEOUT_SECONDS + " s");
    }
    return new Run(process.exitValue(), Files.readString(output));
  }

  private record Run(int exitCode, String text) {}
}
