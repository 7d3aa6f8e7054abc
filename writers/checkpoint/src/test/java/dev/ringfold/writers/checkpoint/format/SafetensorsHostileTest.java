// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static dev.ringfold.writers.checkpoint.format.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Safetensors files of people who mean harm. */
class SafetensorsHostileTest {
  private static final String GOOD = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  @TempDir Path folder;

  private Path file(long length, byte[] header, int elements) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + elements).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(header);
    return Files.write(folder.resolve("h.safetensors"), bytes.array());
  }

  private Path file(String header, int elements) throws IOException {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    return file(bytes.length, bytes, elements);
  }

  @Test
  void theFrameOfTheseTestsIsGood() throws IOException {
    Path file = file("{\"a\":" + GOOD + "}", 8);
    assertThat(Safetensors.read(file).tensors().get("a").toFloats()).containsExactly(0, 0);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "-1; maxHeaderBytes",
        "9223372036854775807; maxHeaderBytes",
        "100000001; maxHeaderBytes",
        "1000; the file ends before",
        "0; does not begin",
        "1; not JSON",
        "53; not JSON"
      },
      delimiter = ';')
  void headerLengthsThatAreWrongAreRefused(long length, String message) throws IOException {
    byte[] header = ("{\"a\":" + GOOD + "}").getBytes(StandardCharsets.UTF_8);
    Path file = file(length, header, 8);
    assertRefused(() -> Safetensors.read(file)).hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        " {}",
        "{\"a\":" + GOOD + "}x",
        "{\"a\":" + GOOD + "}{}",
        "{\"a\":" + GOOD + ",}",
        "{'a':" + GOOD + "}",
        "{\"a\":" + GOOD + ",\"a\":" + GOOD + "}",
        "{\"a\":[]}",
        "{\"a\":{}}",
        "{\"a\":null}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8.0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,\"8\"]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F8_E5M2\",\"shape\":[8],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"O\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":1,\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":{}}}",
        "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"../a\":" + GOOD + "}",
        "{\"/a\":" + GOOD + "}",
        "{\"a\\u0000\":" + GOOD + "}",
        "{\"\":" + GOOD + "}",
        "{\"a b\":" + GOOD + "}",
        "{\"__metadata__\":[],\"a\":" + GOOD + "}",
        "{\"__metadata__\":{\"x\":1},\"a\":" + GOOD + "}",
        "{\"__metadata__\":{\"x\":{}},\"a\":" + GOOD + "}",
        "{\"__metadata__\":{\"x\":\"1\",\"x\":\"2\"},\"a\":" + GOOD + "}",
        "{\"__metadata__\":{},\"__metadata__\":{},\"a\":" + GOOD + "}",
        "{\"__metadata__\":{\"ringfold.complex\":\"b\"},\"a\":" + GOOD + "}",
        "{\"__metadata__\":{\"ringfold.complex\":\"\"},\"a\":" + GOOD + "}"
      })
  void headersThatAreNoneAreRefused(String header) throws IOException {
    Path file = file(header, 8);
    assertRefused(() -> Safetensors.read(file));
    assertThat(SampleTensors.names(folder)).containsExactly("h.safetensors");
  }

  @ParameterizedTest
  @CsvSource(
      value = {"0,8,0,8", "0,8,4,12", "0,8,9,17", "0,8,16,24", "8,16,16,24", "0,8,8,16"},
      delimiter = ',')
  void tensorsThatOverlapOrLeaveHolesAreRefused(int b1, int e1, int b2, int e2) throws IOException {
    String tensor = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}";
    String header =
        "{\"a\":" + String.format(tensor, b1, e1) + ",\"b\":" + String.format(tensor, b2, e2) + "}";
    Path file = file(header, 24);
    assertRefused(() -> Safetensors.read(file));
  }

  @Test
  void deepNestingDoesNotTakeTheStack() throws IOException {
    for (String deep : new String[] {"{\"a\":", "{\"a\":[", "{\"__metadata__\":{\"a\":"}) {
      Path file = file(deep.repeat(500_000), 0);
      assertRefused(() -> Safetensors.read(file));
    }
  }

  @Test
  void aMillionTensorsAreRefusedByTheirNumber() throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < 1_000_000; i++) {
      header.append(i == 0 ? "" : ",").append("\"t").append(i);
      header.append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    Path file = file(header.append('}').toString(), 0);
    assertRefused(() -> Safetensors.read(file)).hasMessageContaining("maxEntries");
  }

  @Test
  void whatIsNotThereIsNotAllocated() throws IOException {
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}";
    Path large = file(String.format(header, 1L << 33, 1L << 33), 8);
    assertRefused(() -> Safetensors.read(large)).hasMessageContaining("cut off");
    Path huge = file(String.format(header, 1L << 40, 1L << 40), 8);
    assertRefused(() -> Safetensors.read(huge)).hasMessageContaining("maxTotalBytes");
  }

  @Test
  void everyCutAndEveryAdditionIsRefused() throws IOException {
    Path whole = folder.resolve("w.safetensors");
    Safetensors.write(whole, Map.of("a", Tensor.of(new float[] {1, 2}, 2)), Map.of("k", "v"));
    byte[] bytes = Files.readAllBytes(whole);
    Path file = folder.resolve("cut.safetensors");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Safetensors.read(file))
          .as("length " + length)
          .isInstanceOf(FormatException.class);
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    assertRefused(() -> Safetensors.read(file)).hasMessageContaining("added");
  }

  @Test
  void textsThatAreNoUtf8AreRefused() throws IOException {
    byte[] header = ("{\"__metadata__\":{\"x\":\"?\"},\"a\":" + GOOD + "}").getBytes("UTF-8");
    header[22] = (byte) 0xC3;
    Path file = file(header.length, header, 8);
    assertRefused(() -> Safetensors.read(file)).hasMessageContaining("not JSON");
  }
}
