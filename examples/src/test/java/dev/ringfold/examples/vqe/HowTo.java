// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.replay.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** The commands of {@code docs/how-to/vqe.md} with the answers that are printed there. */
final class HowTo {
  private static final Path DOCUMENT =
      Path.of(System.getProperty("ringfold.root"), "docs/how-to/vqe.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```text\\n(.*?)^```$");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Pattern TAIL = Pattern.compile("(.*) \\| tail -(\\d+)");
  private static final String RINGFOLD = "./ringfold ";

  /**
   * A command and its answer.
   *
   * @param command without the prompt
   */
  record Shown(String command, List<String> answer) {
    boolean isRingfold() {
      return command.startsWith(RINGFOLD);
    }

    /** Runs a command of ringfold on a store; the answer must be the one shown. */
    void check(String shownStore, Path store) {
      Matcher tail = TAIL.matcher(command);
      int last = tail.matches() ? Integer.parseInt(tail.group(2)) : Integer.MAX_VALUE;
      String line = tail.matches() ? tail.group(1) : command;
      List<String> words = new ArrayList<>();
      Matcher word = WORD.matcher(line.substring(RINGFOLD.length()));
      while (word.find()) {
        String text = word.group(1) == null ? word.group(2) : word.group(1);
        words.add(text.equals(shownStore) ? store.toString() : text);
      }
      StringWriter out = new StringWriter();
      CommandLine ringfold = Main.commandLine();
      ringfold.setOut(new PrintWriter(out));

      assertThat(ringfold.execute(words.toArray(String[]::new))).as(command).isZero();

      List<String> lines = out.toString().lines().toList();
      check(lines.subList(Math.max(0, lines.size() - last), lines.size()));
    }

    /** What was printed must be what is shown, but for numbers and times. */
    void check(List<String> printed) {
      assertThat(printed.stream().map(HowTo::masked))
          .as(command)
          .containsExactlyElementsOf(answer.stream().map(HowTo::masked).toList());
    }
  }

  private HowTo() {}

  static String text() throws IOException {
    return Files.readString(DOCUMENT);
  }

  /** All commands that mention a store, in order. */
  static List<Shown> commands(Pattern about) throws IOException {
    List<Shown> commands = new ArrayList<>();
    Matcher block = BLOCK.matcher(text());
    while (block.find()) {
      for (String line : block.group(1).split("\n")) {
        if (line.startsWith("$ ")) {
          commands.add(new Shown(line.substring(2), new ArrayList<>()));
        } else {
          commands.get(commands.size() - 1).answer().add(line);
        }
      }
    }
    commands.removeIf(shown -> !about.matcher(shown.command()).find());
    return commands;
  }

  private static String masked(String line) {
    return line.replaceAll("\\d+", "#").replaceAll("[ -]+", " ").strip();
  }
}
