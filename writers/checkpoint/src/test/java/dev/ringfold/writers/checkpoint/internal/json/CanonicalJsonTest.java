// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CanonicalJsonTest {
  @Test
  void keysAreSortedByCodePointsAndNothingIsBlank() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("\uD83D\uDE00", 1);
    map.put("\uFFFD", 2);
    map.put("b", Arrays.asList(null, true, "x"));
    map.put("a", Map.of("z", 1, "y", 2));

    assertThat(CanonicalJson.text(map))
        .isEqualTo(
            "{\"a\":{\"y\":2,\"z\":1},\"b\":[null,true,\"x\"],\"\uFFFD\":2,\"\uD83D\uDE00\":1}");
  }

  @ParameterizedTest
  @CsvSource({
    "0.0,0.0",
    "-0.0,-0.0",
    "1.0,1.0",
    "0.1,0.1",
    "1.0E7,10000000.0",
    "1.0E16,1e+16",
    "9.999999999999998E15,9999999999999998.0",
    "1.0E-4,0.0001",
    "1.0E-5,1e-05",
    "1.2345E-7,1.2345e-07",
    "1.0E100,1e+100",
    "4.9E-324,5e-324",
    "2.0E-3,0.002",
    "1.7976931348623157E308,1.7976931348623157e+308",
    "123456789.125,123456789.125",
    "2.2250738585072014E-308,2.2250738585072014e-308",
    "1.0E23,1e+23",
    "2.0E23,2e+23"
  })
  void doublesAreWrittenAsPythonDoes(double value, String text) {
    assertThat(CanonicalJson.text(value)).isEqualTo(text);
    assertThat(CanonicalJson.parse(text, "test")).isEqualTo(value);
  }

  @Test
  void doublesOfAnyBitsComeBack() {
    long seed = Long.getLong("ringfold.seed", 42);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(CanonicalJson.parse(CanonicalJson.text(value), "test"))
            .as("seed %d", seed)
            .isEqualTo(value);
      }
    }
  }

  @Test
  void pythonWritesTheSameBytes(@TempDir Path folder) throws Exception {
    Random random = new Random(7);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      values.add(Double.isFinite(value) ? value : (double) i);
      values.add(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
      values.add(random.nextLong());
    }
    values.add(BigInteger.TEN.pow(40));
    values.add("\u0000\u001f\u007f\u0080\u2028\"\\/\b\f\n\r\t ü \uFFFD \uD83D\uDE00");
    values.add(Map.of("\uD83D\uDE00", 1, "\uFFFD", 2, "a", 3, "A", 4, "", 5));
    byte[] ours = CanonicalJson.bytes(values);
    Path file = Files.write(folder.resolve("a.json"), ours);

    String said =
        Foreign.python(
            List.of("json"),
            """
            import json, sys
            b = open(sys.argv[1], 'rb').read()
            again = json.dumps(json.loads(b), sort_keys=True, separators=(',', ':'),
                               ensure_ascii=False).encode()
            print(again == b)
            """,
            file);

    assertThat(said).isEqualTo("True");
  }

  @Test
  void whatIsReadIsWrittenTheSame() {
    String json =
        "{\"a\":[1,-2,3.5,1e+300,12345678901234567890],\"b\":{\"c\":null,\"d\":false},\"e\":\"\\u0001\"}";

    assertThat(CanonicalJson.text(CanonicalJson.parse(json, "test"))).isEqualTo(json);
  }

  @Test
  void copiesAreOfFewClassesAndDoNotChange() {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("int", 1);
    inner.put("float", 0.5f);
    inner.put("array", new int[] {1, 2});
    Map<String, Object> copy = CanonicalJson.copyObject(inner);
    inner.put("more", 1);

    assertThat(copy).containsOnlyKeys("int", "float", "array");
    assertThat(copy.get("int")).isEqualTo(1L);
    assertThat(copy.get("float")).isEqualTo(0.5);
    assertThat(copy.get("array")).isEqualTo(List.of(1L, 2L));
    assertThatThrownBy(() -> copy.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void valuesWithoutAFormAreRefused() {
    assertThatThrownBy(() -> CanonicalJson.text(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> CanonicalJson.text(List.of(Float.POSITIVE_INFINITY)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CanonicalJson.text("\uD83D")).hasMessageContaining("surrogate");
    assertThatThrownBy(() -> CanonicalJson.text(Map.of(1, 2))).hasMessageContaining("strings");
    assertThatThrownBy(() -> CanonicalJson.text(new Object())).hasMessageContaining("Object");
    List<Object> self = new ArrayList<>();
    self.add(self);
    assertThatThrownBy(() -> CanonicalJson.text(self)).hasMessageContaining("deeper than 64");
    assertThatThrownBy(() -> CanonicalJson.copy(self)).hasMessageContaining("deeper than 64");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\":1",
        "{\"a\":1}x",
        "{\"a\":1} {}",
        "[1,]",
        "{a:1}",
        "NaN",
        "[Infinity]",
        "1e400",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "\"\\ud800\"",
        "01",
        "'x'",
        "// c\n1",
        "\"a\tb\"",
        "tru",
        "[1 2]"
      })
  void whatIsNotJsonIsRefused(String json) {
    assertThatThrownBy(() -> CanonicalJson.parse(json, "the file"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("the file: ");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] bytes = {'"', (byte) 0xff, (byte) 0xfe, '"'};

    assertThatThrownBy(() -> CanonicalJson.parse(bytes, "f", FormatLimits.DEFAULT))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void depthSizeAndDigitsAreBounded() {
    String deep = "[".repeat(65) + "]".repeat(65);
    assertThatThrownBy(() -> CanonicalJson.parse(deep, "f")).isInstanceOf(FormatException.class);
    assertThat(CanonicalJson.parse("[".repeat(64) + "]".repeat(64), "f")).isNotNull();
    assertThatThrownBy(() -> CanonicalJson.parse("[".repeat(10_000_000), "f"))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> CanonicalJson.parse("1".repeat(5_000), "f"))
        .isInstanceOf(FormatException.class);
    byte[] large = ("\"" + "x".repeat(2_000) + "\"").getBytes(StandardCharsets.UTF_8);
    FormatLimits small = new FormatLimits(1 << 20, 1 << 20, 1_000, 10, 8, 10);
    assertThatThrownBy(() -> CanonicalJson.parse(large, "f", small))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at most 1000");
  }
}
