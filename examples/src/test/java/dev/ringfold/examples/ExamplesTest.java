// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.examples.demo.Duck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Runs every example as a user does, and looks at what it prints. */
@ResourceLock(Resources.SYSTEM_OUT)
final class ExamplesTest {
  private static final int MAX_LINES = 100;
  private static final long TIMEOUT_SECONDS = 60;

  @TempDir private Path folder;

  private interface Main {
    void run(String[] arguments) throws Exception;
  }

  private String output(Main main) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      main.run(new String[] {folder.resolve("log").toString()});
    } finally {
      System.setOut(before);
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  @Test
  void metricsInTenLinesDropsNothingAndDuckDbReadsThem() throws Exception {
    assertThat(output(MetricsInTenLines::main)).isEqualTo("offered 1000, dropped 0\n");

    try (Duck duck = Duck.open()) {
      Path files = folder.resolve("log/outputs/metrics.parquet/*.parquet");
      assertThat(duck.number("select count(*) from '" + files + "' where train_loss > 0"))
          .isEqualTo(1_000);
    }
  }

  @Test
  void duckDbSeesBothAttemptsAndTheNewColumn() throws Exception {
    assertThat(output(DuckDbAnalytics::main))
        .isEqualTo(
            """
            all rows
            ┌─────────┬──────┬───────┬──────┬──────────────┐
            │ attempt │ rows │ first │ last │ temperatures │
            ├─────────┼──────┼───────┼──────┼──────────────┤
            │       0 │  200 │     0 │  199 │            0 │
            │       1 │   50 │   150 │  199 │           50 │
            └─────────┴──────┴───────┴──────┴──────────────┘
            the newest attempt of each step
            ┌─────────┬──────┬───────┬──────┬──────────────┐
            │ attempt │ rows │ first │ last │ temperatures │
            ├─────────┼──────┼───────┼──────┼──────────────┤
            │       0 │  150 │     0 │  149 │            0 │
            │       1 │   50 │   150 │  199 │           50 │
            └─────────┴──────┴───────┴──────┴──────────────┘
            """);
  }

  @Test
  void ownProjectionFoldsTheJournalAsOftenAsItIsStarted() throws Exception {
    output(MetricsInTenLines::main);

    assertThat(output(OwnProjection::main)).isEqualTo("lowest loss {run-1=0.001}\n");
    assertThat(output(OwnProjection::main)).isEqualTo("lowest loss {run-1=0.001}\n");
  }

  @Test
  void seedDemosLeaveTheirOutputs() throws Exception {
    List<String> lines = output(SeedDemos::main).lines().toList();

    assertThat(lines.get(0)).isEqualTo("1 buffer: pushed 100, dropped 400");
    assertThat(lines.get(1)).isEqualTo("2 writer: 500 rows in metrics.parquet");
    assertThat(lines.get(2)).startsWith("3 checkpoints: not in this version");
    assertThat(lines.get(3)).isEqualTo("4 logger: dropped 0");
    assertThat(lines.get(4)).matches("5 full training: accuracy 0\\.9\\d\\d");
    try (Duck duck = Duck.open()) {
      assertThat(rows(duck, "metrics.parquet", "true")).isEqualTo(500);
      assertThat(rows(duck, "logger_metrics.parquet", "step >= 0")).isEqualTo(500);
      assertThat(rows(duck, "logger_metrics.parquet", "step = -1 and val_loss = 0.55")).isOne();
      assertThat(rows(duck, "full_training/metrics.parquet", "kind = 'step'")).isEqualTo(450);
      assertThat(rows(duck, "full_training/metrics.parquet", "val_accuracy > 0.8")).isEqualTo(5);
    }
  }

  private long rows(Duck duck, String table, String where) throws Exception {
    Path files = folder.resolve("log").resolve(table).resolve("*.parquet");
    return duck.number("select count(*) from '" + files + "' where " + where);
  }

  @Test
  void ownEventReadsTheOldVersionAsTheNewOne() throws Exception {
    assertThat(output(OwnEvent::main).lines())
        .containsExactly(
            "OrderPlaced[cents=1250, currency=EUR]", "OrderPlaced[cents=990, currency=CHF]");
  }

  @Test
  void unitOfWorkIsStoredOnceAndRefusedWhenItReadTooEarly() throws Exception {
    List<String> lines = output(UnitOfWorkExample::main).lines().toList();

    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("first:").contains("Appended[").contains("count=2");
    assertThat(lines.get(1)).startsWith("again:").contains("Duplicate[").contains("count=2");
    assertThat(lines.get(2)).startsWith("too late:").contains("VersionConflict[");
  }

  @Test
  void overloadDeclaresEveryDropInTheJournal() throws Exception {
    Matcher numbers =
        Pattern.compile(
                "offered (\\d+), dropped (\\d+)\njournal: stored (\\d+), declares (\\d+) dropped\n")
            .matcher(output(OverloadAndLedger::main));

    assertThat(numbers.matches()).isTrue();
    assertThat(Long.parseLong(numbers.group(2))).isPositive();
    assertThat(numbers.group(4)).isEqualTo(numbers.group(2));
    assertThat(Long.parseLong(numbers.group(3)) + Long.parseLong(numbers.group(4)))
        .isEqualTo(Long.parseLong(numbers.group(1)));
  }

  @Test
  void blobIsReadThroughTheEventThatNamesIt() throws Exception {
    assertThat(output(BlobBeforeEvent::main)).isEqualTo("epoch 1: 1048576 bytes\n");
  }

  @Test
  void followerInAnotherProcessNeedsNoJvmFlagsAndSeesRowsThatComeLater() throws Exception {
    String directory = folder.resolve("log").toString();
    output(MetricsInTenLines::main);
    Path printed = folder.resolve("printed");
    Process follower =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FollowFromAnotherProcess.class.getName(),
                directory,
                "2000")
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    try {
      output(MetricsInTenLines::main);

      assertThat(follower.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      follower.destroyForcibly();
    }
    assertThat(Files.readString(printed))
        .contains("run-1 step 999 = 0.001")
        .endsWith("2000 rows\n");
    assertThat(follower.exitValue()).isZero();
  }

  @Test
  void everyExampleFitsOnAPage() throws Exception {
    Path sources =
        Path.of(
            System.getProperty("ringfold.root"), "examples/src/main/java/dev/ringfold/examples");
    List<String> tooLong = new ArrayList<>();
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readAllLines(file).size() >= MAX_LINES) {
          tooLong.add(file.toString());
        }
      }
    }

    assertThat(tooLong).isEmpty();
  }
}
