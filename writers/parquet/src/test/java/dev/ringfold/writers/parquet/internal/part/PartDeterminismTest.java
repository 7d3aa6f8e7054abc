// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal rows and options give equal bytes: again, in another JVM, and in another version. */
class PartDeterminismTest {
  private static final long CHILD_SECONDS = 180;

  @TempDir Path directory;

  @Test
  void theSameRowsGiveTheSameBytesAgainAndInAnotherJvm() throws Exception {
    Map<String, String> here = PartDigests.write(Files.createDirectory(directory.resolve("here")));
    Map<String, String> again =
        PartDigests.write(Files.createDirectory(directory.resolve("again")));
    Map<String, String> there = child(Path.of(System.getProperty("java.home")), "there");

    assertThat(again).isEqualTo(here);
    assertThat(there).isEqualTo(here);
  }

  /** Also shows that no codec needs a flag of the JVM. Set -Dringfold.otherJavaHome to choose. */
  @Test
  void anotherVersionOfJavaGivesTheSameBytesExceptInGzip() throws Exception {
    Path other = otherJava();
    assumeTrue(other != null, "SKIPPED: no second JDK; set -Dringfold.otherJavaHome");

    Map<String, String> here = PartDigests.write(Files.createDirectory(directory.resolve("here")));
    Map<String, String> there = child(other, "there");

    assertThat(there.keySet()).isEqualTo(here.keySet());
    there.keySet().removeIf(name -> name.startsWith("gzip"));
    here.keySet().removeIf(name -> name.startsWith("gzip"));
    assertThat(there).isEqualTo(here);
  }

  private static Path otherJava() throws IOException {
    String chosen = System.getProperty("ringfold.otherJavaHome");
    if (chosen != null) {
      return Path.of(chosen);
    }
    Path all = Path.of(System.getProperty("java.home")).toRealPath().getParent();
    Path newest = null;
    try (var homes = Files.newDirectoryStream(all, "*-25-*")) {
      for (Path home : homes) {
        newest = Files.isExecutable(home.resolve("bin/java")) ? home : newest;
      }
    }
    return newest;
  }

  private Map<String, String> child(Path javaHome, String name) throws Exception {
    Path errors = directory.resolve(name + ".err");
    Path output = directory.resolve(name + ".out");
    List<String> command =
        new ArrayList<>(
            List.of(
                javaHome.resolve("bin/java").toString(),
                "-Xmx512m",
                "-Dringfold.seed=" + SampleRows.SEED,
                "-cp",
                System.getProperty("java.class.path"),
                PartDigests.class.getName(),
                Files.createDirectory(directory.resolve(name)).toString(),
                "12345"));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    boolean ended = process.waitFor(CHILD_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).isTrue();
    assertThat(process.exitValue()).as(Files.readString(errors, StandardCharsets.UTF_8)).isZero();
    Map<String, String> digests = new TreeMap<>();
    for (String line : Files.readAllLines(output, StandardCharsets.UTF_8)) {
      digests.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
    }
    return digests;
  }
}
