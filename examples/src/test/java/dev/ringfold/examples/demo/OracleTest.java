// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OracleTest {
  @TempDir private Path folder;

  @Test
  void notesComeBackAndAnUnfinishedLineDoesNotCount() throws Exception {
    Path file = folder.resolve("log.acknowledged");
    Oracle.create(file);
    try (Oracle oracle = Oracle.append(file)) {
      oracle.note(17, 3);
      oracle.note(18, 4);
    }
    Files.writeString(file, "19 ", StandardOpenOption.APPEND);

    assertThat(Oracle.read(file)).containsEntry(17L, 3).containsEntry(18L, 4).hasSize(2);
    assertThat(Oracle.exists(file)).isTrue();
  }

  @Test
  void lineThatIsNoReceiptIsAnError() throws Exception {
    Path file = folder.resolve("log.acknowledged");
    Oracle.create(file);
    Files.writeString(file, "nonsense\n", StandardOpenOption.APPEND);

    assertThatThrownBy(() -> Oracle.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2");
  }
}
