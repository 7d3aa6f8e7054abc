// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.projections.index.EventIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfold replay}. */
final class ReplayCommandTest {
  private static final int ROWS = 500;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;
  private static final long PATIENCE_SECONDS = 60;

  @TempDir private Path folder;

  private Path store() {
    return Stores.create(folder.resolve("store"), ROWS);
  }

  @Test
  void withoutATargetItPrintsAsTailDoes() {
    Path store = store();

    for (List<Object> options :
        List.<List<Object>>of(
            List.of(),
            List.of("--json"),
            List.of("--run", "run-7"),
            List.of("--type", "LogOpened,LogClosed"),
            List.of("--from", 10, "--to", 20))) {
      List<Object> arguments = new ArrayList<>(List.of("replay", store));
      arguments.addAll(options);
      Ran replay = Ran.ringfold(arguments.toArray());
      arguments.set(0, "tail");

      assertThat(replay.exitCode()).as(replay.err()).isZero();
      assertThat(replay.out()).isEqualTo(Ran.ringfold(arguments.toArray()).out()).isNotEmpty();
    }
  }

  @Test
  void itWritesFilesAndTellsWhatItDid() throws IOException {
    Path store = store();
    Path lines = folder.resolve("events.jsonl");
    Path csv = folder.resolve("rows.csv");
    Path parquet = folder.resolve("rows.parquet");

    Ran text = Ran.ringfold("replay", store, "--to-jsonl", lines);
    JsonNode rows =
        Ran.ringfold("replay", store, "--to-csv", csv, "--rows", "--run", "run-7", "--json").json();
    Ran binary = Ran.ringfold("replay", store, "--to-parquet", parquet, "--no-progress");

    assertThat(text.out()).isEqualTo("504 events of sequences 0 to 503 into " + lines + "\n");
    assertThat(Files.readString(lines)).isEqualTo(Ran.ringfold("tail", store, "--json").out());
    assertThat(rows.get("events").asLong()).isEqualTo(ROWS);
    assertThat(rows.get("stopped").asBoolean()).isFalse();
    assertThat(rows.get("segmentsRead").asLong()).isPositive();
    assertThat(Files.readAllLines(csv)).hasSize(ROWS + 1);
    assertThat(binary.out()).startsWith("500 rows of sequences 0 to 503 into ");
    assertThat(binary.err()).isEmpty();
    assertThat(parquet).isNotEmptyFile();
  }

  @Test
  void itGoesOnWhereTheReplayOfThisNameStopped() throws IOException {
    Path store = store();
    Path file = folder.resolve("grown.jsonl");

    Ran first = Ran.ringfold("replay", store, "--to-jsonl", file, "--resume", "mine", "--to", 99);
    Ran second = Ran.ringfold("replay", store, "--to-jsonl", file, "--resume", "mine");

    assertThat(first.out()).startsWith("100 events of sequences 0 to 99 into");
    assertThat(second.out()).startsWith("404 events of sequences 100 to 503 into");
    assertThat(Files.readString(file)).isEqualTo(Ran.ringfold("tail", store, "--json").out());
    assertThat(Ran.ringfold("positions", store).out()).contains("mine", "504");
  }

  @Test
  void aProjectionIsFoldedIntoADirectoryOfItsOwn() throws IOException {
    Path store = store();
    Path outputs = folder.resolve("scratch");

    Ran ran = Ran.ringfold("replay", store, "--projection", "metrics", "--outputs", outputs);

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("504 events of sequences 0 to 503 into metrics in " + outputs);
    assertThat(outputs.resolve("metrics.parquet")).isDirectory();
    assertThat(store.resolve("outputs/metrics.parquet")).doesNotExist();
  }

  @Test
  void wrongOptionsSayWhatWouldBeRight() {
    Path store = store();

    assertWrong("--projection needs --outputs", store, "--projection", "metrics");
    assertWrong(
        "in the store", store, "--projection", "metrics", "--outputs", store.resolve("outputs"));
    assertWrong(
        "--projection is one of", store, "--projection", "x", "--outputs", folder.resolve("o"));
    assertWrong("--rows goes with", store, "--rows");
    assertWrong("above 0", store, "--speed", "-1");
    assertWrong("is no place in a log", store, "--from", "yesterday");
    assertWrong("NAME=VALUE", store, "--tag", "order");
    assertWrong("mutually exclusive", store, "--to-csv", "a", "--to-jsonl", "b");
    assertWrong("without --resume", store, "--to-parquet", folder.resolve("p"), "--resume", "mine");
  }

  private static void assertWrong(String message, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("replay"));
    all.addAll(List.of(arguments));
    Ran ran = Ran.ringfold(all.toArray());
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains(message);
  }

  @Test
  void ctrlCStopsItCleanlyAndItGoesOnThere() throws Exception {
    Path store = store();
    Path file = folder.resolve("grown.jsonl");
    int signal = ignoresInterrupts() ? SIGTERM : SIGINT;
    // Recorded within milliseconds: at this pace every frame waits for seconds.
    Process process = start(store, file, "--speed", "0.0001", "--longest-pause", "3s");
    awaitLines(file, 1);

    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(out).isEqualTo(128 + signal);
    assertThat(out).contains("; stopped in front of sequence ");
    long next = Long.parseLong(out.strip().replaceFirst(".* ", ""));
    try (EventLogReader log = EventLogReader.open(store, EventTypes.builtin())) {
      assertThat(log.positions().find("mine").orElseThrow().sequence()).isEqualTo(next);
    }
    assertThat(Files.readAllLines(file)).hasSize((int) next);
    Ran.ringfold("replay", store, "--to-jsonl", file, "--resume", "mine");
    assertThat(Files.readString(file)).isEqualTo(Ran.ringfold("tail", store, "--json").out());
  }

  private Process start(Path store, Path file, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("replay", store.toString(), "--to-jsonl", file.toString()));
    command.addAll(List.of("--resume", "mine"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.start();
  }

  private static void awaitLines(Path file, int lines) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(file) || Files.readAllLines(file).size() < lines) {
      assertThat(System.nanoTime()).as("waited for lines in %s", file).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Who runs tests in the background of a shell has them ignored, and children inherit that. */
  private static boolean ignoresInterrupts() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("SigIgn:")) {
        long ignored = Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16);
        return (ignored >>> (SIGINT - 1) & 1) != 0;
      }
    }
    return false;
  }

  @Test
  void tailAndReplayAreTheSameWithAndWithoutAnIndex() throws IOException {
    Path store = Stores.create(folder.resolve("large"), (1 << 18) + 2_000);
    String[] asked = {"--type", Integer.toString(Stores.NOTED_ID), "--json"};
    String before = Ran.ringfold("tail", store, asked[0], asked[1], asked[2]).out();

    Ran folded =
        Ran.ringfold(
            "replay", store, "--projection", "index", "--outputs", folder.resolve("scratch"));
    assertThat(folded.exitCode()).as(folded.err()).isZero();
    assertThat(EventIndex.directory(folder.resolve("scratch"))).isNotEmptyDirectory();

    for (String command : List.of("tail", "replay")) {
      Ran indexed =
          Ran.ringfold(
              command, store, asked[0], asked[1], asked[2], "--outputs", folder.resolve("scratch"));
      assertThat(indexed.out()).isEqualTo(before).isNotEmpty();
    }
  }
}
