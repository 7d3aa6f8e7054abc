// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SavedPositionsTest {
  @TempDir Path directory;
  private Path store;
  private EventLog log;

  @BeforeEach
  void open() {
    store = directory.resolve("store");
    log = LogFixture.builder(store).build();
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void aSavedPositionIsFoundAgainAlsoAfterAReopen() {
    log.positions().save("billing", 42, true);
    log.positions().save("audit.v2", 7, false);
    log.positions().save("billing", 43, true);
    log.close();
    log = LogFixture.builder(store).build();

    assertThat(log.positions().list())
        .containsExactly(
            new SavedPositions.Position("audit.v2", 7, false),
            new SavedPositions.Position("billing", 43, true));
    assertThat(log.positions().find("nobody")).isEmpty();
    assertThat(log.positions().delete("billing")).isTrue();
    assertThat(log.positions().delete("billing")).isFalse();
    assertThat(log.positions().find("billing")).isEmpty();
  }

  @Test
  void aReadOnlyReaderSavesToo() {
    try (EventLogReader reader = EventLog.openReadOnly(store)) {
      reader.positions().save("exporter", 5, false);
    }

    assertThat(log.positions().find("exporter"))
        .contains(new SavedPositions.Position("exporter", 5, false));
  }

  @Test
  void anyFlippedByteIsATypedError() throws IOException {
    log.positions().save("billing", 42, true);
    Path file = store.resolve("positions/billing");
    byte[] good = Files.readAllBytes(file);

    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x10;
      Files.write(file, bad);
      assertThatThrownBy(() -> log.positions().find("billing"))
          .as("byte %d", i)
          .isInstanceOf(CorruptJournalException.class)
          .hasMessageContaining(file.toString());
    }
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> log.positions().list()).isInstanceOf(CorruptJournalException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"position.tmpWritten", "position.renamed"})
  void aFailureWhileSavingLeavesTheOldPositionOrTheNewOne(String point) {
    log.positions().save("billing", 1, true);
    try (FaultPoint.Hook hook =
        FaultPoint.install(
            name -> {
              if (name.equals(point)) {
                throw new IllegalStateException("stopped at " + name);
              }
            })) {
      assertThat(hook).isNotNull();
      assertThatThrownBy(() -> log.positions().save("billing", 2, true))
          .hasMessageContaining(point);
    }

    long found = log.positions().find("billing").orElseThrow().sequence();
    assertThat(found).isEqualTo(point.endsWith("renamed") ? 2 : 1);
    assertThat(log.positions().list()).hasSize(1);
  }

  @Test
  void namesThatCouldLeaveTheDirectoryAreRefused() {
    for (String name : List.of("", ".", "..", "../x", "a/b", ".hidden", "x.tmp", "a b", "ä")) {
      assertThatThrownBy(() -> log.positions().save(name, 0, false))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> log.positions().save("a".repeat(101), 0, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.positions().save("ok", -1, false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
