// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.EventLog;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfold tail}. */
final class TailCommandTest {
  @TempDir private Path folder;

  @Test
  void oneLinePerEventWithMetricsByTheNamesOfTheirColumns() {
    Path store = Stores.create(folder.resolve("store"), 3);

    Ran ran = Ran.ringfold("tail", store, "--run", "run-7");

    assertThat(ran.lines().stream().map(TailCommandTest::withoutTime))
        .containsExactly(
            "       1  T  MetricsLogged      run-7  producer=1  kind=step  attempt=0  epoch=1"
                + "  step=0  loss=0.0  samples=0  backend=simulator",
            "       2  T  MetricsLogged      run-7  producer=1  kind=step  attempt=0  epoch=1"
                + "  step=1  loss=0.5  samples=32  backend=simulator",
            "       3  T  MetricsLogged      run-7  producer=1  kind=step  attempt=0  epoch=1"
                + "  step=2  loss=1.0  samples=64  backend=simulator");
  }

  @Test
  void jsonHasEveryFieldOfARow() {
    Path store = Stores.create(folder.resolve("store"), 3);

    JsonNode row = Ran.ringfold("tail", store, "--from", 2, "--limit", 1, "--json").json();

    assertThat(row.get("sequence").asLong()).isEqualTo(2);
    assertThat(row.get("logTime").asText()).startsWith("2026-11-20T10:00:0");
    assertThat(row.get("type").asText()).isEqualTo("MetricsLogged");
    assertThat(row.get("typeId").asInt()).isEqualTo(1);
    assertThat(row.get("producer").asInt()).isEqualTo(1);
    assertThat(row.get("stream").asText()).isEqualTo("run-7");
    assertThat(row.at("/payload/step").asLong()).isEqualTo(1);
    assertThat(row.at("/payload/values").toString())
        .isEqualTo("{\"loss\":0.5,\"samples\":32,\"backend\":\"simulator\"}");
  }

  @Test
  void anUnknownTypeIsShownRaw() {
    Path store = Stores.create(folder.resolve("store"), 1);

    JsonNode event = Ran.ringfold("tail", store, "--type", Stores.NOTED_ID, "--json").json();

    assertThat(event.get("type").asText()).isEqualTo("type-1234");
    assertThat(event.at("/payload/reason").asText()).isEqualTo("unknown type");
    assertThat(event.at("/payload/raw").asText()).isEqualTo("08000000646f6e651b5b324a");
  }

  @Test
  void everySequenceIsThereOnceAndInOrder() {
    Path store = Stores.create(folder.resolve("store"), 20_000);

    List<Long> sequences =
        Ran.ringfold("tail", store, "--json").jsonLines().stream()
            .map(event -> event.get("sequence").asLong())
            .toList();

    assertThat(sequences)
        .hasSizeGreaterThan(10_000)
        .startsWith(0L)
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(sequences.get(sequences.size() - 1)).isEqualTo(sequences.size() - 1);
  }

  @Test
  void fromToLastAndLimitCutTheSame() {
    Path store = Stores.create(folder.resolve("store"), 10);

    assertThat(sequences("tail", store, "--from", 4, "--to", 6)).containsExactly(4L, 5L, 6L);
    assertThat(sequences("tail", store, "--limit", 2)).containsExactly(0L, 1L);
    assertThat(sequences("tail", store, "--limit", 0)).isEmpty();
    List<Long> all = sequences("tail", store);
    assertThat(sequences("tail", store, "--last", 3))
        .isEqualTo(all.subList(all.size() - 3, all.size()));
    assertThat(sequences("tail", store, "--from", all.size() + 5)).isEmpty();
  }

  @Test
  void sinceStartsAtALogTime() {
    Path store = Stores.create(folder.resolve("store"), 5);
    List<Long> all = sequences("tail", store);

    assertThat(sequences("tail", store, "--since", "2026-11-20T09:59:59Z")).isEqualTo(all);
    assertThat(sequences("tail", store, "--since", "2026-11-20")).isEqualTo(all);
    assertThat(sequences("tail", store, "--since", "2027-01-01T00:00:00+01:00")).isEmpty();
    assertThat(Ran.ringfold("tail", store, "--since", "yesterday").err())
        .contains("'yesterday' is not a time", "2026-11-20T10:15:30Z");
  }

  @Test
  void typesAreFilteredByNameOrNumber() {
    Path store = Stores.create(folder.resolve("store"), 5);

    assertThat(sequences("tail", store, "--type", "metricslogged")).hasSize(5);
    assertThat(sequences("tail", store, "--type", "LogOpened,LogClosed")).hasSize(2);
    Ran unknown = Ran.ringfold("tail", store, "--type", "Metrics");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(unknown.err()).contains("unknown event type 'Metrics'", "MetricsLogged");
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    assertThat(Quantities.printable("a\u001b[2J\u202eb\n")).isEqualTo("a\\u001b[2J\\u202eb\\u000a");
    assertThat(Quantities.printable("Zürich 量")).isEqualTo("Zürich 量");
  }

  @Test
  void aStoreThatIsBeingWrittenIsReadToItsPresentEnd() {
    Path store = folder.resolve("store");
    try (EventLog log = Stores.builder(store).build()) {
      Stores.publish(log, 10);

      List<Long> sequences = sequences("tail", store);

      assertThat(sequences).hasSizeGreaterThanOrEqualTo(12).startsWith(0L).isSorted();
    }
  }

  @Test
  void followWaitsForEventsThatAreWrittenLater() throws Exception {
    Path store = folder.resolve("store");
    try (EventLog log = Stores.builder(store).build()) {
      Stores.publish(log, 1);
      Ran[] ran = new Ran[1];
      Thread reader =
          new Thread(
              () ->
                  ran[0] = Ran.ringfold("tail", store, "--follow", "--run", "run-7", "--limit", 6));
      reader.start();

      Stores.publish(log, 5);
      reader.join(60_000);

      assertThat(reader.isAlive()).isFalse();
      assertThat(ran[0].lines()).hasSize(6);
    }
  }

  private static List<Long> sequences(Object... arguments) {
    Ran ran = Ran.ringfold(arguments);
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    return ran.lines().stream().map(line -> Long.parseLong(line.trim().split(" ")[0])).toList();
  }

  private static String withoutTime(String line) {
    return line.replaceFirst("2026-11-20T10:00:0\\S+", "T");
  }
}
