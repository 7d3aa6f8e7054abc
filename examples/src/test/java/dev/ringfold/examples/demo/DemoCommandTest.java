// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringfold.replay.cli.ExitCodes;
import dev.ringfold.replay.cli.Main;
import dev.ringfold.replay.cli.ProgressBar;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo from end to end, with a process that really dies. */
final class DemoCommandTest {
  private static final long SEED = Long.getLong("ringfold.seed", 7);

  @TempDir private Path folder;

  private record Ran(int exitCode, String out, String err) {}

  private static Ran ringfold(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return new Ran(commandLine.execute(arguments), out.toString(), err.toString());
  }

  @Test
  void demoResumesAfterTheKillAndTheTableHoldsWhatTheJournalHolds() throws Exception {
    String store = folder.resolve("log").toString();

    Ran ran = ringfold("demo", "--json", "--dir", store, "--seed", Long.toString(SEED));

    assertThat(ran.exitCode()).as("seed %d: %s%s", SEED, ran.out, ran.err).isZero();
    JsonNode report = new ObjectMapper().readTree(ran.out);
    assertThat(report.get("ok").asBoolean()).isTrue();
    assertThat(report.get("failures")).isEmpty();
    int steps = report.get("steps").asInt();
    assertThat(report.get("stepsBeforeKill").asInt()).isBetween(steps / 4, steps - 1);
    assertThat(report.get("acknowledged").asLong()).isPositive();
    assertThat(report.get("acknowledgedLost").asLong()).isZero();
    assertThat(report.get("savedStep").asInt() + report.get("repeated").asInt())
        .isEqualTo(report.get("stepsBeforeKill").asInt());
    assertThat(report.get("differing").asLong()).isZero();
    assertThat(report.get("latestSteps").asInt()).isEqualTo(steps);
    assertThat(report.get("accuracy").asDouble()).isGreaterThan(0.93);
    assertThat(report.get("tableRows")).isEqualTo(report.get("journalRows"));
    assertThat(report.get("lost").asLong() + report.get("twice").asLong()).isZero();
    for (JsonNode line : report.get("ledger")) {
      assertThat(line.get("offered").asLong())
          .isEqualTo(line.get("stored").asLong() + line.get("dropped").asLong());
    }
    assertThat(ringfold("verify", store).exitCode()).isZero();
    assertThat(Path.of(report.get("table").asText(), "_commits")).isDirectory();
  }

  @Test
  void acknowledgementThatIsNotInTheTableMakesTheDemoFailAndItSaysSo() throws Exception {
    Path store = folder.resolve("log");
    DemoRun run =
        new DemoRun(store, SEED, new ProgressBar(new PrintWriter(new StringWriter()), false));
    run.crash(false);
    run.resume();
    Files.writeString(Oracle.path(store), "999999999 50000\n", StandardOpenOption.APPEND);

    DemoReport report = run.check();

    assertThat(report.ok()).isFalse();
    assertThat(report.crash().acknowledgedLost()).isPositive();
    assertThat(report.failures())
        .anyMatch(line -> line.contains("acknowledged as on disk and are"));
    assertThat(String.join("\n", report.toText(false)))
        .contains("0 lost, 0 twice, ")
        .contains("CHECKS FAILED (repeat with --seed " + SEED + ")")
        .contains("select run_id")
        .contains("attempt 0: steps 0 to ")
        .contains("attempt 1: steps ")
        .contains("SIGKILL");
  }

  @Test
  void directoryThatIsNotADemoStoreIsLeftAlone() throws Exception {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    Path photo = Files.writeString(photos.resolve("one.jpg"), "picture");

    Ran ran = ringfold("demo", "--dir", photos.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(ran.err).contains(photos + " was not made by the demo").contains("--dir");
    assertThat(photo).hasContent("picture");
  }

  @Test
  void demoStoreWithAForeignFileInItIsLeftAlone() throws Exception {
    Path store = Files.createDirectories(folder.resolve("log"));
    Files.createDirectories(store.resolve("journal"));
    Path thesis = Files.writeString(store.resolve("thesis.tex"), "text");
    Oracle.create(Oracle.path(store));

    Ran ran = ringfold("demo", "--dir", store.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(thesis).hasContent("text");
  }
}
