// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.ConfigurationException;
import dev.ringfold.LogConfig;
import dev.ringfold.LogOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigFileTest {
  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("log.yaml"), text);
  }

  @Test
  void valuesAreTakenAsTheyAreWritten() throws IOException {
    Path file =
        file(
            "# a comment\nring-slots: 8192\nsegment-bytes: 64MiB\nforce-interval: '500ms'\n"
                + "accept-unverified: true\n");

    Map<String, String> entries = ConfigFile.read(file);
    LogConfig config = LogConfig.builder().file(entries, file.toString()).build();

    assertThat(entries)
        .containsExactly(
            Map.entry("ring-slots", "8192"),
            Map.entry("segment-bytes", "64MiB"),
            Map.entry("force-interval", "500ms"),
            Map.entry("accept-unverified", "true"));
    assertThat(config.value(LogOption.SEGMENT_BYTES)).isEqualTo(64L << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "---\n"})
  void anEmptyFileIsNoConfiguration(String text) throws IOException {
    assertThat(ConfigFile.read(file(text))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ring-slots: {a: 1}|is a nested mapping",
        "ring-slots: [1, 2]|is a list",
        "ring-slots:|is empty",
        "ring-slots: ~|is empty",
        "- 1|not a mapping",
        "just text|not a mapping",
        "ring-slots: !!int 1|tag",
        "\"a: 1\na: 2\"|a",
        "\"a: 1\n---\nb: 2\"|second document",
        "\"a: 'open\"|not valid YAML",
        "\"a: &x 1\nb: *x\"|anchor"
      })
  void whatIsNotAFlatMappingIsRefusedWithFileAndReason(String text, String reason)
      throws IOException {
    Path file = file(text);

    assertThatThrownBy(() -> ConfigFile.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void aDuplicateKeyIsRefused() throws IOException {
    Path file = file("ring-slots: 4096\nring-slots: 8192\n");

    assertThatThrownBy(() -> ConfigFile.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("ring-slots");
  }

  @Test
  void aFileThatIsTooLargeMissingOrNotTextIsRefused() throws IOException {
    Path large = file("# " + "x".repeat(ConfigFile.MAX_BYTES) + "\n");
    Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xFF, 0x00});
    Path missing = folder.resolve("missing.yaml");

    assertThatThrownBy(() -> ConfigFile.read(large))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("larger than 1048576 bytes");
    assertThatThrownBy(() -> ConfigFile.read(binary))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> ConfigFile.read(missing))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no configuration file at " + missing);
  }
}
