// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.JvmFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program that {@link MetricsLogger}'s documentation prints compiles and does what it says. */
@Timeout(400)
final class FirstProgramTest {
  private static final Path SOURCE =
      Path.of("src/main/java/dev/ringfold/writers/parquet/MetricsLogger.java");

  @TempDir Path directory;

  private static String program() throws IOException {
    String source = Files.readString(SOURCE);
    int begin = source.indexOf("<pre>{@code\n") + "<pre>{@code\n".length();
    return source
        .substring(begin, source.indexOf("\n * }</pre>"))
        .lines()
        .map(line -> line.replaceFirst("^ \\* ?", ""))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void firstProgramHasTenLinesAndRunsAsPrinted() throws Exception {
    Files.writeString(directory.resolve("FirstRun.java"), program());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JvmFlags.line().split(" ")));
    command.addAll(List.of("-cp", absoluteClassPath(), "FirstRun.java"));

    Process process = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();

    assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(program().lines().count()).isLessThanOrEqualTo(10);
    assertThat(
            TableQueries.ask(
                directory.resolve("runs/outputs/metrics.parquet"),
                "select count(*), min(train_loss), max(train_loss) from $t"))
        .containsExactly("1000|0.001|1.0");
  }

  private static String absoluteClassPath() {
    String separator = System.getProperty("path.separator");
    return List.of(System.getProperty("java.class.path").split(separator)).stream()
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(separator));
  }
}
