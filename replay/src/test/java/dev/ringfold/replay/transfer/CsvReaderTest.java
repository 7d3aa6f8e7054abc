// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvReaderTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void takesEveryLineEnd(String end) throws Exception {
    String text = "a,b" + end + "1,2" + end + end + "3,4";

    assertThat(read(text)).containsExactly("2: a=1 b=2", "4: a=3 b=4");
  }

  @Test
  void quotesMayHoldCommasLineEndsAndQuotes() throws Exception {
    assertThat(read("a,b\n\"x,\"\"y\"\"\nz\",2\n3,4\n"))
        .containsExactly("2: a=x,\"y\"\nz b=2", "4: a=3 b=4");
  }

  @Test
  void anEmptyFieldIsAbsentAndAnEmptyTextIsNot() throws Exception {
    assertThat(read("a,b,c\n,\"\",3\n")).containsExactly("2: b= c=3");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstName() throws Exception {
    assertThat(read("\uFEFFa,b\n1,2\n")).containsExactly("2: a=1 b=2");
  }

  @Test
  void aBadLineIsNamedAndTheNextOneIsRead() throws Exception {
    assertThat(read("a,b\n1\n1,2,3\nx\"y,2\n\"x\"y,2\n5,6\n"))
        .containsExactly(
            "2 expected 2 fields as in the header but found 1",
            "3 expected 2 fields as in the header but found 3",
            "4 a quote inside a field that does not begin with one; double it inside quotes",
            "5 text behind the closing quote of a field",
            "6: a=5 b=6");
  }

  @Test
  void aQuoteThatIsNotClosedIsNamed() throws Exception {
    assertThat(read("a,b\n1,\"2\n3,4\n")).containsExactly("2 a quoted field is not closed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "a,,c\n1,2,3\n", "a,a\n1,2\n"})
  void aHeaderThatDoesNotNameEveryColumnOnceIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ImportRefusedException.class)
        .hasMessageMatching("(?s).*file.csv:\\d+: .*(header|called).*");
  }

  @Test
  void bytesThatAreNotUtf8AreRefusedWithTheLine() throws IOException {
    Path file = folder.resolve("file.csv");
    Files.write(file, "a,b\n1,2\n\u00e4,3\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(ImportRefusedException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void aForgottenQuoteDoesNotReadTheWholeFileIntoMemory() {
    String text = "a\n\"" + "x".repeat(CsvReader.MAX_RECORD_CHARS + 1);

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ImportRefusedException.class)
        .hasMessageContaining("file.csv:2: a record of more than");
  }

  private List<String> read(String text) throws IOException {
    return read(Files.writeString(folder.resolve("file.csv"), text));
  }

  private static List<String> read(Path file) throws IOException {
    List<String> records = new ArrayList<>();
    try (CsvReader reader = CsvReader.open(file)) {
      boolean more = true;
      while (more) {
        try {
          more = reader.next();
          if (more) {
            StringBuilder record = new StringBuilder(reader.line() + ":");
            reader
                .cells()
                .forEach(c -> record.append(' ').append(c.name()).append('=').append(c.text()));
            records.add(record.toString());
          }
        } catch (BadLineException e) {
          records.add(reader.line() + " " + e.getMessage());
        }
      }
    }
    return records;
  }
}
