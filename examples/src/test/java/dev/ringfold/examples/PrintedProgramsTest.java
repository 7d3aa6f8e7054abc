// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.examples.demo.Duck;
import dev.ringfold.replay.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The programs and commands that README and tutorial print do what they say, as printed. */
final class PrintedProgramsTest {
  private static final long TIMEOUT_SECONDS = 120;
  private static final int MAX_LINES = 10;
  private static final Path ROOT = Path.of(System.getProperty("ringfold.root"));
  private static final Pattern PROGRAM =
      Pattern.compile("(?ms)^```java\\n((?:(?!^```).)*?public class (\\w+).*?)^```$");

  @TempDir private Path folder;

  private record Program(String name, String text) {}

  private static List<Program> programs(String document) throws Exception {
    List<Program> programs = new ArrayList<>();
    Matcher matcher = PROGRAM.matcher(Files.readString(ROOT.resolve(document)));
    while (matcher.find()) {
      programs.add(new Program(matcher.group(2), matcher.group(1)));
    }
    return programs;
  }

  private String run(Program program) throws Exception {
    Path source = folder.resolve(program.name + ".java");
    Files.writeString(source, program.text);
    Path output = folder.resolve(program.name + ".out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED"));
    command.addAll(List.of("--add-opens", "java.base/java.lang.reflect=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), source.toString()));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  @Test
  void firstProgramOfTheReadmeHasTenLinesAndItsRowsAreInTheTable() throws Exception {
    Program first = programs("README.md").get(0);

    run(first);

    assertThat(first.text.lines().filter(line -> !line.isBlank()).count())
        .isLessThanOrEqualTo(MAX_LINES);
    try (Duck duck = Duck.open()) {
      assertThat(
              duck.table(
                  "select count(*) as rows, min(train_loss) as best from '"
                      + folder.resolve("runs/outputs/metrics.parquet/*.parquet")
                      + "'"))
          .contains("│ 1000 │ 0.001 │");
    }
  }

  @Test
  void tutorialsProgramsAndQueriesPrintWhatItPrints() throws Exception {
    String tutorial = "docs/tutorial/getting-started.md";
    List<Program> programs = programs(tutorial);
    String text = Files.readString(ROOT.resolve(tutorial));

    assertThat(programs).extracting(Program::name).containsExactly("First", "Read");
    run(programs.get(0));
    assertPrintedAnswer(text, 0);
    run(programs.get(0));
    assertPrintedAnswer(text, 1);
    assertPrintedAnswer(text, 2);
    assertThat(text).contains("\n" + run(programs.get(1)) + "```");
  }

  /** Runs the n-th query of the tutorial; the answer must follow it there. */
  private void assertPrintedAnswer(String tutorial, int n) {
    Matcher queries = Pattern.compile("\\$ ./ringfold query runs \"(.*)\"\\n").matcher(tutorial);
    for (int i = 0; i <= n; i++) {
      assertThat(queries.find()).isTrue();
    }
    StringWriter out = new StringWriter();
    CommandLine ringfold = Main.commandLine();
    ringfold.setOut(new PrintWriter(out));

    int exitCode = ringfold.execute("query", folder.resolve("runs").toString(), queries.group(1));

    assertThat(exitCode).isZero();
    assertThat(tutorial.substring(queries.end())).startsWith(out.toString());
  }
}
