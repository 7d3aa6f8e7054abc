// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.event.DropReason;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RecoveryCompleted;
import dev.ringfold.internal.io.ChildJvm;
import dev.ringfold.internal.io.CounterFile;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was offered is stored or declared as dropped, whatever happened in between. */
class LossLedgerTest {
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();
  private static final int FIRST_LINE = 4096 + 128;

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  /** Offers as fast as it can, past a slow journal, until it is halted before its first mark. */
  static final class Flooding {
    private Flooding() {}

    public static void main(String[] args) {
      try (EventLog log =
              LogFixture.builder(Path.of(args[0]))
                  .set(LogOption.LEDGER_INTERVAL, java.time.Duration.ofHours(1))
                  .build();
          Producer producer = log.producer("trainer")) {
        MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
        for (int i = 0; ; i++) {
          row.begin(0, i).set(0, i).offer();
        }
      }
    }
  }

  private void floodUntilKilled(int frames) {
    List<String> arguments = new ArrayList<>(ChildJvm.FLAGS);
    arguments.add("-D" + FaultPoint.PROPERTY + "=journal.frame.beforeWrite:" + frames);
    try (ChildJvm child = ChildJvm.start(Flooding.class, arguments, store())) {
      assertThat(child.exitCode()).as(child.errors()).isEqualTo(FaultPoint.HALT_STATUS);
    }
  }

  private String nameOf(LedgerMark mark) {
    try (EventLogReader reader = EventLog.openReadOnly(store());
        Tailer tailer = reader.tailer().open()) {
      tailer.poll(event -> {}, Integer.MAX_VALUE);
      return tailer.names().name(mark.nameId());
    }
  }

  private void reopen() {
    try (EventLog log = LogFixture.builder(store()).build()) {
      assertThat(log.durableSequence()).isNotNegative();
    }
  }

  private Path counters() throws IOException {
    String id = LogFixture.manifest(store()).storeId();
    Path fallback = store().resolve(CounterFile.FALLBACK_FILE);
    if (Files.exists(fallback)) {
      return fallback;
    }
    try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).contains(id))
          .findFirst()
          .orElseThrow();
    }
  }

  private static long readLong(Path file, long offset) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(bytes, offset);
      return bytes.getLong(0);
    }
  }

  private static void writeLong(Path file, long offset, long value) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(
          ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value), offset);
    }
  }

  @Test
  void theLedgerIsExactAfterAKillAndARestart() throws IOException {
    floodUntilKilled(300);
    long offered = CounterFile.value(readLong(counters(), FIRST_LINE));

    reopen();

    LedgerMark mark = LedgerReading.closingMarks(store()).get(0);
    assertThat(mark.session()).isEqualTo(1);
    assertThat(mark.lowerBound()).isFalse();
    assertThat(mark.offered()).isEqualTo(offered).isPositive();
    assertThat(mark.stored()).isEqualTo(LedgerReading.steps(store(), "run").size());
    assertThat(mark.dropped()).isEqualTo(offered - mark.stored()).isPositive();
    reopen();
    assertThat(LedgerReading.closingMarks(store())).hasSize(1);
  }

  @Test
  void whoeverBeginsAtASessionKnowsWhoseLossesOfTheLastOneItDeclares() {
    floodUntilKilled(300);
    reopen();
    try (EventLogReader reader = EventLog.openReadOnly(store())) {
      long second = LedgerReading.firstOfSession(reader, 2);
      try (Tailer tailer = reader.tailer().fromSequence(second).open()) {
        List<DropsObserved> drops = new ArrayList<>();
        tailer.poll(
            event -> {
              if (tailer.decode(event) instanceof DropsObserved declared) {
                drops.add(declared);
              }
            },
            Integer.MAX_VALUE);
        assertThat(drops).hasSize(1);
        DropsObserved lost = drops.get(0);
        assertThat(lost.session()).isEqualTo(1);
        assertThat(lost.reason()).isEqualTo(DropReason.CRASH);
        assertThat(tailer.names().producer(1, lost.producer())).isEqualTo("trainer");
      }
    }
  }

  @Test
  void everyMarkOfARunUnderOverloadBalances() {
    try (EventLog log =
            LogFixture.builder(store())
                .set(LogOption.LEDGER_INTERVAL, java.time.Duration.ofMillis(5))
                .build();
        Producer producer = log.producer("trainer");
        StalledJournal slow = StalledJournal.slowed(200_000)) {
      assertThat(slow).isNotNull();
      MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
      for (int i = 0; i < 400_000; i++) {
        row.begin(0, i).set(0, i).offer();
      }
      assertThat(producer.dropped()).isPositive();
    }

    List<LedgerMark> marks = LedgerReading.marks(store());

    assertThat(marks).hasSizeGreaterThan(2);
    assertThat(marks)
        .allSatisfy(mark -> assertThat(mark.stored() + mark.dropped()).isEqualTo(mark.offered()));
    LedgerMark last = marks.get(marks.size() - 1);
    assertThat(last.offered()).isEqualTo(400_000);
    assertThat(last.stored()).isEqualTo(LedgerReading.steps(store(), "run").size());
  }

  @Test
  void aCounterThatWasChangedFailsTheCheck() throws IOException {
    floodUntilKilled(300);
    writeLong(counters(), FIRST_LINE, CounterFile.word(5));

    reopen();

    List<RecoveryCompleted> recoveries = LedgerReading.recoveries(store());
    assertThat(recoveries).hasSize(1);
    assertThat(recoveries.get(0).detail()).contains("does not balance").contains("5 offered");
    LedgerMark mark = LedgerReading.closingMarks(store()).get(0);
    assertThat(mark.stored() + mark.dropped()).isNotEqualTo(mark.offered());
  }

  @Test
  void aDamagedCounterIsToldAndItsMarkIsALowerBound() throws IOException {
    floodUntilKilled(300);
    long offered = readLong(counters(), FIRST_LINE);
    writeLong(counters(), FIRST_LINE, offered ^ 1L << 40); // Would be a trillion lost events.

    reopen();

    assertThat(LedgerReading.recoveries(store()).get(0).detail())
        .contains("counter of producer 1", "lower bound");
    LedgerMark mark = LedgerReading.closingMarks(store()).get(0);
    assertThat(mark.lowerBound()).isTrue();
    assertThat(mark.stored()).isEqualTo(LedgerReading.steps(store(), "run").size());
    assertThat(mark.offered()).isEqualTo(mark.stored() + mark.dropped());
  }

  @Test
  void withoutTheCountersOfTheLastBootAMarkIsALowerBound() throws IOException {
    floodUntilKilled(300);
    Files.delete(counters());

    reopen();

    LedgerMark mark = LedgerReading.closingMarks(store()).get(0);
    assertThat(mark.lowerBound()).isTrue();
    assertThat(mark.stored()).isEqualTo(LedgerReading.steps(store(), "run").size());
    assertThat(mark.offered()).isEqualTo(mark.stored() + mark.dropped());
  }

  @Test
  void aSessionThatEndsBeforeItsFirstMarkHasNamesAlsoWithoutCounters() throws IOException {
    floodUntilKilled(8);
    Files.delete(counters());

    reopen();

    LedgerMark mark = LedgerReading.closingMarks(store()).get(0);
    assertThat(mark.lowerBound()).isTrue();
    assertThat(nameOf(mark)).isEqualTo("trainer");
  }
}
