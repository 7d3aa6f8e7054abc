// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ringfold writes in a process of its own, Spark reads in this one. */
final class SparkAnalyticsTest {
  private static final long TIMEOUT_SECONDS = 120;

  @TempDir private Path folder;

  private void write(Path store) throws Exception {
    Path jar =
        Path.of(System.getProperty("ringfold.root"), "examples/target/ringfold-examples.jar");
    assertThat(jar).as("build it first: ./mvnw -Pquick -pl examples -am package").exists();
    Path printed = folder.resolve("printed");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "-cp",
                jar.toString(),
                "dev.ringfold.examples.MetricsInTenLines",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(printed)).isZero();
  }

  @Test
  void sparkCountsWhatTwoAttemptsLogged() throws Exception {
    Path store = folder.resolve("store");
    write(store);
    write(store);

    PrintStream before = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      SparkAnalytics.main(new String[] {store.resolve("outputs/metrics.parquet").toString()});
    } finally {
      System.setOut(before);
    }

    List<String> lines = output.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).startsWith("run-1 0 1000 1000 0 999 0.00748");
    assertThat(lines.get(2)).startsWith("run-1 1 1000 1000 0 999 0.00748");
  }
}
