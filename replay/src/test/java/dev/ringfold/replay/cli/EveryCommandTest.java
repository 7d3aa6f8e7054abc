// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for each command: help, JSON, a wrong argument, a missing store. */
@Tag("smoke")
final class EveryCommandTest {
  /** Where the store's directory is not the last argument. */
  private static final String DIR = "(the store)";

  /** A file with one row of metrics. */
  private static final String FILE = "(a file to import)";

  private static final String OUT = "(a file to write)";
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("init"),
          List.of("tail"),
          List.of("stat"),
          List.of("verify"),
          List.of("repair", "--dry-run"),
          List.of("retain", "--before", "1"),
          List.of("backup", "--to", OUT),
          List.of("backups"),
          List.of("restore", "--to", OUT),
          List.of("positions"),
          List.of("report", "--out", OUT),
          List.of("export", "--to", "jsonl"),
          List.of("import", DIR, FILE),
          List.of("query"),
          List.of("compact"),
          List.of("fork", "--at", "end", "--to", OUT),
          List.of("checkpoint", "list"),
          List.of("state", "list"),
          List.of("migrate"),
          List.of("projections", "status"),
          List.of("dlq", "list"),
          List.of("calls", "list"),
          List.of("health"),
          List.of("schemas"),
          List.of("doctor"),
          List.of("completion"),
          List.of("crashtest"));

  @TempDir private Path folder;

  static Stream<List<String>> commands() {
    return COMMANDS.stream();
  }

  static Stream<List<String>> commandsOnAStore() {
    return COMMANDS.stream()
        .filter(c -> !List.of("completion", "crashtest", "restore").contains(c.get(0)));
  }

  static Stream<List<String>> commandsThatNeedAStore() {
    return commandsOnAStore().filter(c -> !List.of("init", "doctor", "migrate").contains(c.get(0)));
  }

  @Test
  void theListAboveIsComplete() {
    List<String> own = COMMANDS.stream().map(command -> command.get(0)).toList();

    assertThat(own).containsAll(commandNamesOfThisModule());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpShowsUsageOptionsAndExitCodes(List<String> command) {
    Ran ran = Ran.ringfold(command.get(0), "--help");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(ran.out()).startsWith("Usage: ringfold " + command.get(0));
    assertThat(ran.out()).contains("--json", "--config=FILE", "Exit codes:", "damage found");
    assertThat(ran.err()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commandsOnAStore")
  void jsonIsOneObjectPerLine(List<String> command) {
    Path store = Stores.create(folder.resolve("store"), 3);
    TrainingStore.fold(store, MetricTables.metrics());

    Ran ran = Ran.ringfold(with(command, store, "--json"));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(ran.jsonLines()).isNotEmpty().allMatch(JsonNode::isObject);
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void completionIsAScriptAndInJsonAField() {
    Ran text = Ran.ringfold("completion");
    Ran json = Ran.ringfold("completion", "--json");

    assertThat(text.out()).startsWith("#!").contains("ringfold", "doctor", "--older-than");
    assertThat(json.json().get("script").asText().stripTrailing())
        .isEqualTo(text.out().stripTrailing());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aWrongArgumentIsExitCodeTwoAndShowsTheUsage(List<String> command) {
    Ran ran = Ran.ringfold(with(command, folder, "--no-such-option=1"));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("error: ").contains("--no-such-option");
    assertThat(ran.err()).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aWrongArgumentWithJsonIsAnErrorObject(List<String> command) {
    Ran ran = Ran.ringfold(with(command, folder, "--no-such-option=1", "--json"));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.json().at("/error/type").asText()).isEqualTo("WrongArguments");
    assertThat(ran.json().at("/error/exitCode").asInt()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commandsThatNeedAStore")
  void aMissingStoreIsExitCodeThree(List<String> command) {
    Path missing = folder.resolve("missing");

    Ran text = Ran.ringfold(with(command, missing));
    Ran json = Ran.ringfold(with(command, missing, "--json"));

    assertThat(text.exitCode()).isEqualTo(ExitCodes.NO_STORE);
    assertThat(text.err()).startsWith("error: ").contains(missing.toString());
    assertThat(text.err().lines()).hasSize(1);
    assertThat(json.exitCode()).isEqualTo(ExitCodes.NO_STORE);
    assertThat(json.json().at("/error/type").asText()).isEqualTo("StoreNotFoundException");
    assertThat(missing).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("commandsOnAStore")
  void anUnknownConfigurationKeyNamesTheNearest(List<String> command) throws Exception {
    Path config = Files.writeString(folder.resolve("log.yaml"), "ring-slot: 4096\n");

    Ran ran = Ran.ringfold(with(command, folder.resolve("store"), "--config", config.toString()));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("'ring-slot'", "did you mean 'ring-slots'?", "log.yaml");
    assertThat(folder.resolve("store")).doesNotExist();
  }

  @Test
  void noCommandAtAllIsExitCodeTwo() {
    Ran ran = Ran.ringfold();

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("Missing command").contains("Usage: ringfold");
  }

  @Test
  void debugAddsTheStackTrace() {
    Ran ran = Ran.ringfold("stat", folder.resolve("missing"), "--debug");

    assertThat(ran.err()).contains("StoreNotFoundException").contains("\tat ");
  }

  private static List<String> commandNamesOfThisModule() {
    return new BuiltinCommands()
        .commands().stream()
            .map(command -> command.getClass().getAnnotation(picocli.CommandLine.Command.class))
            .map(picocli.CommandLine.Command::name)
            .toList();
  }

  /** The command with its files, and the store where it belongs. */
  private Object[] with(List<String> command, Path store, Object... more) {
    List<Object> arguments = new ArrayList<>();
    for (String argument : command) {
      arguments.add(
          switch (argument) {
            case DIR -> store;
            case FILE -> aFileOfMetrics();
            case OUT -> folder.resolve("out");
            default -> argument;
          });
    }
    if (!command.contains(DIR)) {
      arguments.add(store);
    }
    arguments.addAll(List.of(more));
    return arguments.toArray();
  }

  private Path aFileOfMetrics() {
    try {
      return Files.writeString(folder.resolve("rows.csv"), "epoch,step,loss\n0,1,0.5\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
