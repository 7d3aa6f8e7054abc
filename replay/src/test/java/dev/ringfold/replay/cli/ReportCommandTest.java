// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a store, as a file. */
final class ReportCommandTest {
  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void showsBothAttemptsOfResumedStepsAndTheEpochs() throws IOException {
    JsonNode data = data(report(TrainingStore.create(folder.resolve("store"))));

    assertThat(data.get("lines").findValuesAsText("name"))
        .containsExactly(
            TrainingStore.RESUMED + ", attempt 0",
            TrainingStore.RESUMED + ", attempt 1",
            TrainingStore.HOSTILE);
    JsonNode loss = chart(data, "train_loss", "step");
    assertThat(loss.get("series")).hasSize(3);
    assertThat(xs(loss, 0)).contains(0L, (long) TrainingStore.KILLED_AT - 1);
    assertThat(xs(loss, 1)).contains((long) TrainingStore.RESUMED_AT, TrainingStore.STEPS - 1L);
    assertThat(loss.get("note").asText()).contains("not finite");
    assertThat(xs(chart(data, "val_accuracy", "epoch"), 1)).containsExactly(5L, 6L, 7L, 8L, 9L);
  }

  @Test
  void tellsRunsCostsLedgerAndConfiguration() throws IOException {
    String page = report(TrainingStore.create(folder.resolve("store")));

    assertThat(page).contains("Runs and attempts", "cost_usd", "backend=simulator", "not closed");
    assertThat(page).contains("Ledger: offered = stored + dropped", ">trainer<");
    assertThat(page).contains("&quot;learningRate&quot;: 0.05");
  }

  @Test
  void namesCannotBreakOutOfThePage() throws IOException {
    String page = report(TrainingStore.create(folder.resolve("store")));

    assertThat(page).doesNotContain("<b onload").contains("&lt;/script&gt;&lt;b onload");
    assertThat(page.split("</script>", -1)).hasSize(3);
  }

  @Test
  void loadsNothingFromAnywhere() throws IOException {
    String page = report(TrainingStore.create(folder.resolve("store")));

    String withoutNamespace = page.replace("http://www.w3.org/2000/svg", "");
    assertThat(withoutNamespace).doesNotContain("http:", "https:", "src=", "@import", "url(h");
    assertThat(page).contains("default-src 'none'");
  }

  @Test
  void theSameStoreGivesTheSamePage() throws IOException {
    Path store = TrainingStore.create(folder.resolve("store"));

    assertThat(report(store)).isEqualTo(report(store));
  }

  @Test
  void onlyTheRunsThatAreAskedFor() throws IOException {
    Path store = TrainingStore.create(folder.resolve("store"));
    Path out = folder.resolve("one.html");

    Ran ran = Ran.ringfold("report", store, "--out", out, "--run", TrainingStore.HOSTILE, "--json");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.json().get("rows").asLong()).isEqualTo(602);
    assertThat(data(Files.readString(out)).get("lines")).hasSize(1);
  }

  @Test
  void aStoreWithoutMetricsSaysSo() throws IOException {
    Path store = folder.resolve("store");
    Stores.builder(store).build().close();

    assertThat(report(store)).contains("There are no metrics in this store yet.");
  }

  @Test
  void aFolderInsteadOfAFileIsRefused() {
    Path store = TrainingStore.create(folder.resolve("store"));

    Ran ran = Ran.ringfold("report", store, "--out", folder);

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains(folder + " is a directory");
  }

  private String report(Path store) throws IOException {
    Path out = folder.resolve("report.html");
    Ran ran = Ran.ringfold("report", store, "--out", out);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    return Files.readString(out);
  }

  private static JsonNode data(String page) throws IOException {
    Matcher matcher = DATA.matcher(page);
    assertThat(matcher.find()).isTrue();
    return new ObjectMapper().readTree(matcher.group(1));
  }

  private static JsonNode chart(JsonNode data, String title, String kind) {
    for (JsonNode chart : data.get("charts")) {
      if (chart.get("title").asText().equals(title) && chart.get("kind").asText().equals(kind)) {
        return chart;
      }
    }
    throw new AssertionError("no chart " + title + " by " + kind);
  }

  private static List<Long> xs(JsonNode chart, int series) {
    List<Long> values = new ArrayList<>();
    chart.get("series").get(series).get("x").forEach(x -> values.add(x.asLong()));
    return values;
  }
}
