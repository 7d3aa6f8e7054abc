// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.LogOption;
import dev.ringfold.replay.cli.BuiltinCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The reference pages list exactly what the program has. */
final class ReferenceTest {
  private static final Path REFERENCE = Checkout.root().resolve("docs/reference");
  private static final Pattern EXCEPTION =
      Pattern.compile("class (\\w+) extends RingfoldException");
  private static final List<String> COMMON =
      List.of("--json", "--config", "--debug", "--help", "--version");

  @Test
  void configurationPageListsEveryOptionWithItsEnvironmentNameAndDefault() throws IOException {
    List<String> rows = new ArrayList<>();
    for (String line : Files.readAllLines(REFERENCE.resolve("configuration.md"))) {
      if (line.matches("\\| `[a-z-]+` \\| `RINGFOLD_.*")) {
        rows.add(Arrays.stream(line.split(" \\| ")).limit(3).collect(Collectors.joining(" | ")));
      }
    }

    List<String> expected =
        Arrays.stream(LogOption.values())
            .map(
                option ->
                    "| `"
                        + option.key()
                        + "` | `"
                        + option.environmentName()
                        + "` | `"
                        + option.defaultText()
                        + "`")
            .toList();
    assertThat(rows).containsExactlyElementsOf(expected);
  }

  @Test
  void errorPageHasExactlyOneSectionForEveryException() throws IOException {
    TreeSet<String> types = new TreeSet<>();
    for (Path source : Checkout.mainSources()) {
      Matcher matcher = EXCEPTION.matcher(Files.readString(source));
      if (matcher.find()) {
        types.add(matcher.group(1));
      }
    }

    List<String> sections =
        headings(REFERENCE.resolve("error-handling.md"), "### `(\\w+Exception)`");
    assertThat(types).hasSizeGreaterThan(10);
    assertThat(sections).containsExactlyInAnyOrderElementsOf(types);
  }

  @Test
  void commandPageHasEveryCommandWithEveryOption() throws IOException {
    String page = Files.readString(REFERENCE.resolve("command-line.md"));
    List<String> commands = new ArrayList<>();
    for (Object command : new BuiltinCommands().commands()) {
      CommandSpec spec = new CommandLine(command).getCommandSpec();
      commands.add(spec.name());
      String section = section(page, "## `ringfold " + spec.name() + "`\n");
      for (OptionSpec option : spec.options()) {
        String name = option.longestName();
        assertThat(COMMON.contains(name) ? page : section).contains("`" + name);
      }
    }

    assertThat(headings(REFERENCE.resolve("command-line.md"), "## `ringfold (\\w+)`"))
        .containsAll(commands);
  }

  private static String section(String page, String heading) {
    int begin = page.indexOf(heading);
    assertThat(begin).as(heading).isNotNegative();
    int end = page.indexOf("\n## ", begin + 1);
    return page.substring(begin, end < 0 ? page.length() : end);
  }

  private static List<String> headings(Path file, String pattern) throws IOException {
    Pattern heading = Pattern.compile(pattern);
    return Files.readAllLines(file).stream()
        .map(heading::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .toList();
  }
}
