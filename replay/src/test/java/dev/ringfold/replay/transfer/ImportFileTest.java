// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is a row of metrics, and what is not. */
final class ImportFileTest {
  private static final ImportOptions OPTIONS = new ImportOptions("the run", Map.of());

  @TempDir private Path folder;

  @Test
  void knownColumnsAreTakenAndTheOthersAreMetricsWithTheTypeOfTheirFirstValue() throws IOException {
    ImportFile file =
        csv(
            "seq,Epoch,step,run_id,attempt,kind,timestamp,train_loss,circuits_executed,ok,note,lr",
            "7,1,20,a,2,step,1.5,0.25,3.0,true,hello,1e-3",
            "8,1,,,,epoch,1970-01-01T00:00:02Z,NaN,4,False,\"a, b\",");

    assertThat(file.layout().columns())
        .containsExactly(
            new MetricColumn("train_loss", MetricType.DOUBLE),
            new MetricColumn("circuits_executed", MetricType.LONG),
            new MetricColumn("ok", MetricType.BOOLEAN),
            new MetricColumn("note", MetricType.STRING),
            new MetricColumn("lr", MetricType.DOUBLE));
    assertThat(file.runs()).containsExactly("a", "the run");
    assertThat(rows(file))
        .containsExactly(
            "2 a/2 STEP 1/20 @1500000000 [0.25, 3, true, hello, 0.001]",
            "3 the run/0 EPOCH 1/-1 @2000000000 [NaN, 4, false, a, b]");
  }

  @Test
  void jsonLinesGiveTheSameRows() throws IOException {
    ImportFile file =
        jsonl(
            "{\"epoch\":1,\"step\":20,\"run_id\":\"a\",\"attempt\":2,\"timestamp\":1.5,"
                + "\"train_loss\":0.25,\"circuits_executed\":3,\"ok\":true,\"note\":\"1\"}",
            "",
            "{\"epoch\":1,\"train_loss\":NaN,\"lr\":\"-Infinity\",\"ok\":null,\"big\":-Infinity}");

    assertThat(rows(file))
        .containsExactly(
            "1 a/2 STEP 1/20 @1500000000 [0.25, 3, true, 1]",
            "3 the run/0 EPOCH 1/-1 @none [NaN, -Infinity, -Infinity]");
    assertThat(file.layout().indexOf("note")).isEqualTo(3);
    assertThat(file.layout().column(3).type()).isEqualTo(MetricType.STRING);
  }

  @Test
  void aFileOfExactlyTheTrainingMetricsHasTheirLayout() throws IOException {
    List<String> names =
        MetricLayout.training().columns().stream().map(MetricColumn::name).toList();
    String cells = ",1".repeat(names.size()).replaceFirst("(,1){6}$", ",sim,1,1,1,1,1");

    ImportFile file = csv("epoch,step," + String.join(",", names), "0,0" + cells);

    assertThat(file.layout()).isSameAs(MetricLayout.training());
  }

  @Test
  void integerNanosecondsWinOverRoundedSecondsInAnyOrder() throws IOException {
    ImportFile file =
        csv(
            "timestamp,epoch,step,ts",
            "1.795168801441454e9,0,0,1795168801441453719",
            "1795168801.4414538,0,1,");

    assertThat(rows(file))
        .containsExactly(
            "2 the run/0 STEP 0/0 @1795168801441453719 []",
            "3 the run/0 STEP 0/1 @1795168801441453800 []");
  }

  @Test
  void aDeclaredTypeWins() throws IOException {
    Path path = write("f.csv", "epoch,samples,code", "1,9007199254740993,007");
    ImportOptions options =
        new ImportOptions("r", Map.of("samples", MetricType.LONG, "code", MetricType.STRING));

    assertThat(rows(ImportFile.check(path, TextFormat.CSV, options)))
        .containsExactly("2 r/0 EPOCH 1/-1 @none [9007199254740993, 007]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epoch,loss   | 1,0.5 | 1,abc            | 3: column 'loss': expected a number",
        "epoch,loss   | 1,0.5 | 1,1e999          | 3: column 'loss': the number '1e999' is too",
        "epoch,loss   | 1,0.5 | 1,9007199254740993 | 3: column 'loss': the integer",
        "epoch,ok     | 1,true| 1,0.5            | 3: column 'ok': expected true or false",
        "epoch,loss   | x,0.5 | 1,1              | 2: column 'epoch': expected an integer",
        "epoch,loss   | 1.5,1 | 1,1              | 2: column 'epoch': expected an integer",
        "epoch,loss   | 3000000000,1 | 1,1       | 2: column 'epoch': expected -2147483648",
        "epoch,loss   | ,1    | 1,1              | 2: there is neither an epoch nor a step",
        "epoch,kind   | 1,x   | 1,step           | 2: column 'kind': expected step or epoch",
        "epoch,kind   | 1,epoch | 1,step         | 3: kind is step, but there is no step",
        "epoch,attempt| 1,70000 | 1,1            | 2: column 'attempt': expected 0 to 65535",
        "epoch,timestamp | 1,soon | 1,1          | 2: column 'timestamp': expected seconds",
        "epoch,EPOCH  | 1,2   | 1,1              | 2: column 'EPOCH': there are two values",
        "epoch,run_id | 1,a\u0001b | 1,1           | 2: run_id: The name of a stream has the control",
      })
  void aBadLineIsRefusedWithFileLineAndColumn(
      String header, String first, String second, String message) {
    assertThatThrownBy(() -> csv(header, first, second))
        .isInstanceOf(ImportRefusedException.class)
        .hasMessageStartingWith(folder.resolve("f.csv") + ":" + message)
        .hasMessageContaining("Nothing was imported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]                          | expected one JSON object",
        "{\"epoch\":1} 5              | expected one JSON object but found more",
        "{\"epoch\":1                 | not JSON",
        "{\"epoch\":1,\"epoch\":2}    | not JSON: Duplicate field 'epoch'",
        "{\"epoch\":1,\"w\":[1,2]}    | the value of 'w' is an array or object",
        "{\"epoch\":1,\"train_loss\":true} | column 'train_loss': expected a number but found true",
        "{\"epoch\":1,\"train_loss\":\"x\"} | column 'train_loss': expected a number",
      })
  void aBadJsonLineIsRefused(String line, String message) {
    assertThatThrownBy(() -> jsonl("{\"epoch\":0}", line))
        .isInstanceOf(ImportRefusedException.class)
        .hasMessageStartingWith(folder.resolve("f.jsonl") + ":2: " + message);
  }

  @Test
  void theFirstFewBadLinesAreTold() {
    List<String> lines = new ArrayList<>(List.of("epoch,loss", "1,1"));
    for (int i = 0; i < 20; i++) {
      lines.add("1,bad" + i);
    }

    assertThatThrownBy(() -> csv(lines.toArray(String[]::new)))
        .hasMessageContaining("bad0")
        .hasMessageContaining("f.csv:7: ")
        .hasMessageNotContaining("bad5")
        .hasMessageContaining("the rest was not looked at");
  }

  @Test
  void textsThatAreNoLabelsAreRefused() {
    List<String> lines = new ArrayList<>(List.of("epoch,note"));
    for (int i = 0; i <= RowParser.MAX_TEXTS; i++) {
      lines.add("1,text" + i);
    }

    assertThatThrownBy(() -> csv(lines.toArray(String[]::new)))
        .hasMessageContaining("f.csv:10002: column 'note': more than 10000 different texts");
  }

  @Test
  void aDirectoryOrNoFileIsRefused() {
    assertThatThrownBy(() -> ImportFile.check(folder, TextFormat.CSV, OPTIONS))
        .hasMessage(folder + " is not a file");
    assertThatThrownBy(() -> ImportFile.check(folder.resolve("no"), TextFormat.CSV, OPTIONS))
        .hasMessageContaining("there is no file");
  }

  private ImportFile csv(String... lines) throws IOException {
    return ImportFile.check(write("f.csv", lines), TextFormat.CSV, OPTIONS);
  }

  private ImportFile jsonl(String... lines) throws IOException {
    return ImportFile.check(write("f.jsonl", lines), TextFormat.JSONL, OPTIONS);
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private static List<String> rows(ImportFile file) throws IOException {
    List<String> rows = new ArrayList<>();
    file.forEach(
        (row, line) -> {
          String time =
              row.eventTimeNanos == ImportRow.NO_TIME ? "none" : Long.toString(row.eventTimeNanos);
          List<String> values = row.values.stream().map(ImportFileTest::text).toList();
          String place = row.epoch + "/" + row.step;
          rows.add(
              String.join(
                  " ",
                  Long.toString(line),
                  row.run + "/" + row.attempt,
                  row.kind.name(),
                  place,
                  "@" + time,
                  values.toString()));
        });
    return rows;
  }

  private static String text(ImportRow.Value value) {
    return switch (value.type()) {
      case DOUBLE -> Double.toString(Double.longBitsToDouble(value.bits()));
      case LONG -> Long.toString(value.bits());
      case BOOLEAN -> Boolean.toString(value.bits() != 0);
      case STRING -> value.text();
    };
  }
}
