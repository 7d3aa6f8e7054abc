// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.event.EventTypes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The past, what would be without an event, and what differs, by the command line. */
final class AtAndDiffCommandTest {
  @TempDir private static Path folder;

  private static Path store;

  @BeforeAll
  static void makeStore() {
    store = TrainingStore.createWithTables(folder.resolve("store"));
  }

  @Test
  void atShowsRowsRunsAndLedgerOfThatTime() {
    JsonNode end = Ran.ringfold("at", "end", store, "--json", "--hash").json();
    JsonNode early = Ran.ringfold("at", "1000", store, "--json").json();
    Ran text = Ran.ringfold("at", "1000", store);

    assertThat(end.get("rows").asLong()).isEqualTo(3_913);
    assertThat(end.at("/runs")).hasSize(3);
    assertThat(end.at("/hashes/metrics").asText()).hasSize(64);
    assertThat(early.get("sequence").asLong()).isEqualTo(1_000);
    assertThat(early.at("/runs")).hasSize(1);
    assertThat(early.at("/runs/0/newest/seq").asLong()).isLessThanOrEqualTo(1_000);
    assertThat(early.get("rows").asLong()).isBetween(900L, 1_000L);
    assertThat(early.get("end").asLong()).isEqualTo(end.get("sequence").asLong());
    assertThat(text.exitCode()).isZero();
    assertThat(text.out())
        .contains("sequence  1000 of ")
        .contains(TrainingStore.RESUMED)
        .contains("train_loss=");
  }

  @Test
  void atCountsTheRowsOfRunsThatItDoesNotShow() {
    Path many = folder.resolve("many");
    int runs = AtReport.MAX_RUNS + 30;
    try (EventLog log = Stores.builder(many).build();
        Producer producer = log.producer("trainer")) {
      for (int run = 0; run < runs; run++) {
        var row = producer.metrics(log.stream("run-" + run), Stores.LAYOUT);
        row.begin(1, 0).set(0, 0.5).offer();
        row.begin(1, 1).set(0, 0.25).offer();
      }
    }

    JsonNode json = Ran.ringfold("at", "end", many, "--json").json();
    Ran text = Ran.ringfold("at", "end", many);

    assertThat(json.get("rows").asLong()).isEqualTo(2L * runs);
    assertThat(json.get("attempts").asLong()).isEqualTo(runs);
    assertThat(json.get("runs")).hasSize(AtReport.MAX_RUNS);
    assertThat(text.out())
        .contains("260 rows of 130 runs and attempts; the 100 with the newest rows are shown");
  }

  @Test
  void rowsThatRetentionDeletedAndNoTableHasAreNamed() {
    Path shortened = folder.resolve("shortened");
    Stores.create(shortened, 20);
    Stores.create(shortened, 20);
    Ran.ringfold("retain", shortened, "--before", 30, "--apply");
    long floor;
    try (EventLogReader log = EventLogReader.open(shortened, EventTypes.builtin())) {
      floor = log.floorSequence();
    }
    assertThat(floor).isPositive();
    String told = "below sequence " + floor + " were deleted by retention";

    JsonNode json = Ran.ringfold("at", "end", shortened, "--json").json();
    assertThat(json.get("missingBelow").asLong()).isEqualTo(floor);
    assertThat(json.get("rows").asLong()).isEqualTo(20);
    assertThat(Ran.ringfold("at", "end", shortened).out()).contains(told);
    assertThat(Ran.ringfold("at", "end", shortened, "--sql", "select 1").err()).contains(told);
    assertThat(Ran.ringfold("diff", shortened, shortened).out()).contains(told);
    assertThat(Ran.ringfold("export", shortened, "--to", "csv").err()).contains(told);
    assertThat(Ran.ringfold("at", "end", store, "--json").json().get("missingBelow").asLong())
        .isZero();
  }

  @Test
  void sqlIsAboutThatTime() {
    JsonNode row =
        Ran.ringfold(
                "at",
                "1000",
                store,
                "--sql",
                "select count(*) as n, max(seq) as last from metrics",
                "--json")
            .json();
    Ran csv = Ran.ringfold("at", "1000", store, "--csv", "--sql", "select 1 as one");

    assertThat(row.get("last").asLong()).isLessThanOrEqualTo(1_000);
    assertThat(row.get("n").asLong()).isGreaterThan(900);
    assertThat(csv.out()).isEqualTo("one\r\n1\r\n");
  }

  @Test
  void aPlaceThatIsNoneAndOneThatIsNotThere() {
    Ran wrong = Ran.ringfold("at", "yesterday", store);
    Ran beyond = Ran.ringfold("at", "99999999", store);
    Ran alone = Ran.ringfold("at", "end", store, "--csv");

    assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(wrong.err()).contains("yesterday").contains("label:best");
    assertThat(beyond.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(beyond.err()).contains("the last one is");
    assertThat(alone.exitCode()).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void diffComparesTwoRunsOfAStore() {
    JsonNode json =
        Ran.ringfold(
                "diff",
                store,
                "--run",
                TrainingStore.RESUMED,
                "--with",
                TrainingStore.HOSTILE,
                "--json")
            .json();
    Ran text = Ran.ringfold("diff", store, store);
    Ran wrong = Ran.ringfold("diff", store, "--with", "x");

    assertThat(json.at("/runs/0/curves")).isNotEmpty();
    assertThat(json.at("/runs/0/curves/0/firstAt").asText()).contains("step");
    assertThat(text.exitCode()).isZero();
    assertThat(text.out()).contains("they are the same log").contains("train_loss");
    assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void withoutAnEventPrintsWhatDiffers() {
    JsonNode json = without("--without", "100,101", "--json").json();
    Ran text = without("--without", "100", "--projection", "metrics");
    Ran wrong = without("--without", "100", "--projection", "nonsense");

    assertThat(json.get("without")).hasSize(2);
    assertThat(json.at("/tables/0/removed").asLong()).isEqualTo(2);
    assertThat(json.at("/tables/0/changed").asLong()).isZero();
    assertThat(text.out()).contains("1 removed, 0 added, 0 changed").contains("total of");
    assertThat(text.out()).doesNotContain("ledger");
    assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(wrong.err()).contains("nonsense").contains("ledger");
  }

  @Test
  void replayWithoutDelegatesToTheComparison() {
    JsonNode json = Ran.ringfold("replay", store, "--without", "100", "--json").json();
    Ran one = Ran.ringfold("replay", store, "--without", "100", "--projection", "checkpoints");

    assertThat(json.at("/tables/0/removed").asLong()).isEqualTo(1);
    assertThat(one.exitCode()).isZero();
    assertThat(one.out()).contains("nothing differs").doesNotContain("metrics:");
  }

  @Test
  void optionsThatDoNotApplyBesideWithoutAreRefused() {
    for (List<Object> options :
        List.<List<Object>>of(
            List.of("--from", 10),
            List.of("--to", 20),
            List.of("--run", TrainingStore.RESUMED),
            List.of("--speed", 2),
            List.of("--longest-pause", "1s"),
            List.of("--rows"),
            List.of("--outputs", folder.resolve("elsewhere")),
            List.of("--resume", "mine"),
            List.of("--to-csv", folder.resolve("without.csv")))) {
      List<Object> arguments = new ArrayList<>(List.of("replay", store, "--without", 100));
      arguments.addAll(options);
      Ran ran = Ran.ringfold(arguments.toArray());
      assertThat(ran.exitCode()).as(options + ran.out()).isEqualTo(ExitCodes.USAGE);
      assertThat(ran.err()).contains("--without folds all of the log");
    }
  }

  /** As the command replay uses the options. */
  @Command(name = "folding")
  private static final class Folding extends RingfoldCommand {
    @Mixin private final WithoutOptions without = new WithoutOptions();

    @Option(names = "--projection")
    private List<String> projections = new ArrayList<>();

    @Override
    int run(Output output) throws Exception {
      assertThat(without.given()).isTrue();
      try (EventLogReader log = EventLogReader.open(store, EventTypes.builtin())) {
        LongWork.Watch watch =
            new LongWork.Watch(
                () -> {
                  throw new AssertionError("asked for a bar");
                },
                () -> false,
                Long.MAX_VALUE);
        return without.run(output, log, projections, watch);
      }
    }
  }

  private static Ran without(String... arguments) {
    CommandLine commandLine = new CommandLine(new Folding());
    FailureHandler failures = new FailureHandler();
    commandLine.setExecutionExceptionHandler(failures).setParameterExceptionHandler(failures);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exitCode = commandLine.execute(arguments);
    return new Ran(exitCode, out.toString(), err.toString());
  }
}
