// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a command says when its output cannot be written; each runs in a process of its own. */
final class StdoutTest {
  private static final String STORE = "(the store)";
  private static final Path FULL = Path.of("/dev/full");

  /** More than a pipe holds. */
  private static final int ROWS = 3_000;

  @TempDir private Path folder;
  private Path store = Path.of("");

  @BeforeEach
  void createStore() {
    assumeTrue(Files.exists(FULL), "needs /dev/full");
    store = Stores.create(folder.resolve("store"), ROWS);
  }

  static List<List<String>> commands() {
    return List.of(
        List.of("export", STORE, "--to", "csv"),
        List.of("export", STORE, "--to", "jsonl"),
        List.of("tail", STORE, "--json"),
        List.of("tail", STORE, "--limit", "1"),
        List.of("replay", STORE, "--json"),
        List.of("health", STORE, "--prometheus"),
        List.of("stat", "--help"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void fullDiskBehindStdoutIsAnErrorOfTheEnvironment(List<String> command) throws Exception {
    Ran ran = Ran.printing(FULL, List.of(), options(), folder, arguments(command));

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(ran.err()).contains("stdout could not be written").contains("No space left");
    assertThat(ran.err()).doesNotContain("\tat ");
  }

  @Test
  void readerWhoHasEnoughIsNoError() throws Exception {
    List<String> head =
        List.of("bash", "-c", "\"$@\" | head -n 1; exit ${PIPESTATUS[0]}", "ringfold");

    Ran ran = Ran.process(head, options(), folder, "tail", store, "--json");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.jsonLines()).hasSize(1);
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void damageIsNotSaidWithExitCodeFourWhenTheListOfItIsCut() throws Exception {
    StringWriter errors = new StringWriter();
    Stdout stdout = new Stdout(Files.newOutputStream(FULL), false);
    PrintWriter out = new PrintWriter(stdout);
    out.println("half a list");
    out.flush();

    assertThat(stdout.end(ExitCodes.DAMAGED, new PrintWriter(errors)))
        .isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(errors.toString()).contains("What was printed is cut");
  }

  private static List<String> options() {
    return List.of("-cp", System.getProperty("java.class.path"));
  }

  private Object[] arguments(List<String> command) {
    return command.stream().map(word -> word.equals(STORE) ? store.toString() : word).toArray();
  }
}
