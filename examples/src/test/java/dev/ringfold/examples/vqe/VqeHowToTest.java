// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.JvmFlags;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the how-to do what is printed there, and so do the commands between them. */
final class VqeHowToTest {
  private static final long TIMEOUT_SECONDS = 120;
  private static final Pattern PROGRAM =
      Pattern.compile("(?ms)^```java\\n((?:(?!^```).)*?public class (\\w+).*?)^```$");

  @TempDir private Path folder;

  @Test
  void theLoopStopsIsSettledGoesOnAndIsReplayedAsPrinted() throws Exception {
    compile();
    List<HowTo.Shown> commands = HowTo.commands(Pattern.compile("^java Lab| lab "));

    assertThat(commands).hasSize(7);
    for (HowTo.Shown shown : commands) {
      if (shown.isRingfold()) {
        shown.check("lab", folder.resolve("lab"));
      } else {
        List<String> printed = run(shown.command().substring("java ".length()));
        // To the letter: nothing in it is a time.
        assertThat(printed).as(shown.command()).isEqualTo(shown.answer());
      }
    }
  }

  private void compile() throws Exception {
    List<String> command = new ArrayList<>(List.of("-proc:none", "-d", folder.toString()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    Matcher program = PROGRAM.matcher(HowTo.text());
    while (program.find()) {
      Path source = folder.resolve(program.group(2) + ".java");
      command.add(Files.writeString(source, program.group(1)).toString());
    }
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(null, errors, errors, command.toArray(String[]::new));
    assertThat(exitCode).as(errors.toString(StandardCharsets.UTF_8)).isZero();
  }

  private List<String> run(String program) throws Exception {
    Path output = folder.resolve("out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JvmFlags.line().split(" ")));
    command.addAll(List.of("-cp", folder + ":" + System.getProperty("java.class.path")));
    command.addAll(List.of(program.split(" ")));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(program).isZero();
    return Files.readAllLines(output);
  }
}
