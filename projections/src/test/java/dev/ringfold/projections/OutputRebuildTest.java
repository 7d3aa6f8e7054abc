// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.RetentionRule;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.FaultPoint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs made again while no process runs the projections. */
final class OutputRebuildTest {
  private static final OutputRebuild.Progress ON = sequence -> true;

  @TempDir private Path directory;

  private long nextStep;

  private Path store() {
    return directory.resolve("store");
  }

  private Path outputs() {
    return store().resolve("outputs");
  }

  private Path snapshots() {
    return store().resolve("snapshots");
  }

  private void fold(Projection projection) throws IOException {
    try (EventLogReader log = EventLogReader.open(store(), EventTypes.builtin())) {
      ProjectionRunner.fold(log, projection, outputs(), snapshots(), Long.MAX_VALUE);
    }
  }

  private OutputRebuild.Rebuilt rebuild(Projection projection, OutputRebuild.Progress progress)
      throws IOException {
    try (EventLogReader log = EventLogReader.open(store(), EventTypes.builtin())) {
      return OutputRebuild.run(log, projection, outputs(), snapshots(), null, progress);
    }
  }

  private OutputRebuild.RolledBack rollBack(Projection projection) throws IOException {
    try (EventLogReader log = EventLogReader.open(store(), EventTypes.builtin())) {
      return OutputRebuild.rollBack(log, projection, outputs(), snapshots());
    }
  }

  private void publish(int count) {
    try (EventLog log = Logs.builder(store()).build()) {
      Logs.appendFast(log, nextStep, count);
      nextStep += count;
    }
  }

  private static List<Long> range(long to) {
    return LongStream.range(0, to).boxed().toList();
  }

  @Test
  void theSameOutputIsBehindALinkAfterwardsAndTheOldOneIsKept() throws IOException {
    publish(57);
    fold(new VersionedText(1));
    Map<String, String> before = Outputs.parts(outputs());

    OutputRebuild.Rebuilt rebuilt = rebuild(new VersionedText(1), ON);

    assertThat(rebuilt.switched()).isTrue();
    assertThat(rebuilt.resumed()).isFalse();
    assertThat(Outputs.parts(outputs())).isEqualTo(before).hasSize(5);
    assertThat(Outputs.steps(outputs())).hasSize(57);
    assertThat(Files.isSymbolicLink(outputs().resolve("text"))).isTrue();
    assertThat(outputs().resolve("text.generations/000001/version.txt")).exists();
    assertThat(outputs().resolve("_rebuild/text")).doesNotExist();
    publish(3);
    fold(new VersionedText(1));
    assertThat(Outputs.parts(outputs())).hasSize(6);
  }

  @Test
  void oneThatWasStoppedGoesOnWhereItWas() throws IOException {
    publish(20_000);
    fold(new VersionedText(1, 500));
    Path seen = outputs().resolve("text").toRealPath();
    int[] batches = {0};

    OutputRebuild.Rebuilt stopped =
        rebuild(new VersionedText(1, 500), sequence -> ++batches[0] < 2);

    assertThat(stopped.switched()).isFalse();
    assertThat(outputs().resolve("text").toRealPath()).isEqualTo(seen);
    AtomicInteger applied = new AtomicInteger();
    VersionedText counting =
        new VersionedText(1, 500) {
          @Override
          public void apply(EventView event) throws Exception {
            applied.incrementAndGet();
            super.apply(event);
          }
        };
    OutputRebuild.Rebuilt rebuilt = rebuild(counting, ON);
    assertThat(rebuilt.resumed()).isTrue();
    assertThat(rebuilt.switched()).isTrue();
    assertThat(applied.get()).isLessThan(13_000);
    assertThat(Outputs.steps(outputs())).isEqualTo(range(20_000));
  }

  @Test
  void aDeathAtAnyStepIsMadeGoodByTheNextRebuild() throws IOException {
    publish(35);
    fold(new VersionedText(1));
    for (String point : FaultPoint.names()) {
      if (point.startsWith("rebuild.")) {
        try (FaultPoint.Hook hook =
            FaultPoint.install(
                hit -> {
                  if (hit.equals(point)) {
                    throw new IllegalStateException("dies");
                  }
                })) {
          assertThat(hook).isNotNull();
          try {
            rebuild(new VersionedText(1), ON);
          } catch (IllegalStateException died) {
            assertThat(died).hasMessage("dies");
          }
        }
        fold(new VersionedText(1));
        assertThat(Outputs.steps(outputs())).as("after %s", point).isEqualTo(range(35));
        rebuild(new VersionedText(1), ON);
        assertThat(Outputs.steps(outputs())).as("rebuilt after %s", point).isEqualTo(range(35));
      }
    }
  }

  @Test
  void anotherVersionIsBuiltBesideAndRolledBack() throws IOException {
    publish(25);
    fold(new VersionedText(1));

    rebuild(new VersionedText(2), ON);
    assertThat(VersionedText.versionAt(outputs())).isEqualTo(2);

    OutputRebuild.RolledBack back = rollBack(new VersionedText(2));
    assertThat(back).isEqualTo(new OutputRebuild.RolledBack("text", 1, true));
    assertThat(VersionedText.versionAt(outputs())).isEqualTo(1);
    assertThat(Outputs.steps(outputs())).isEqualTo(range(25));
    assertThat(store().resolve("control/text.paused")).exists();
  }

  @Test
  void anOutputThatKnowsNothingOfGenerationsIsExchangedByRenames() throws IOException {
    publish(25);
    fold(new TextProjection());
    Files.writeString(outputs().resolve("text/note"), "the old one");

    rebuild(new TextProjection(), ON);
    assertThat(outputs().resolve("text/note")).doesNotExist();
    assertThat(Outputs.steps(outputs())).isEqualTo(range(25));

    rollBack(new TextProjection());
    assertThat(outputs().resolve("text/note")).exists();
  }

  @Test
  void snapshotsAreExchangedToo() throws IOException {
    publish(500);
    fold(new SumProjection(100));
    Path old = snapshots().resolve("sum");
    assertThat(old).isDirectory();

    rebuild(new SumProjection(100), ON);

    assertThat(Files.isSymbolicLink(old)).isTrue();
    SumProjection sum = new SumProjection(100);
    try (EventLogReader log = EventLogReader.open(store(), EventTypes.builtin());
        ProjectionRun run =
            ProjectionRun.open(log, sum, outputs(), snapshots(), ProjectionRun.Refused.STOP)) {
      assertThat(run.committed().sequence()).isGreaterThan(400);
      run.advance(Long.MAX_VALUE);
    }
    assertThat(sum.sum()).isEqualTo(499L * 500 / 2);
  }

  @Test
  void aRefusedEventLeavesTheOutputAsItIs() throws IOException {
    publish(25);
    fold(new TextProjection());
    Path seen = outputs().resolve("text").toRealPath();

    assertThatThrownBy(() -> rebuild(new Picky(7L), ON))
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessageContaining("refuses event");

    assertThat(outputs().resolve("text").toRealPath()).isEqualTo(seen);
    assertThat(Outputs.steps(outputs())).isEqualTo(range(25));
  }

  @Test
  void belowTheFloorNothingIsRebuiltAndNothingIsDeleted() throws IOException {
    for (int i = 0; i < 4; i++) {
      publish(20_000);
    }
    fold(new VersionedText(1, 500));
    List<Long> before = Outputs.steps(outputs());
    try (EventLog log = Logs.builder(store()).build()) {
      log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(30_000)));
      assertThat(log.floorSequence()).isPositive();
    }

    assertThatThrownBy(() -> rebuild(new VersionedText(2), ON))
        .isInstanceOf(SegmentRetiredException.class);

    assertThat(Outputs.steps(outputs())).isEqualTo(before);
    assertThat(VersionedText.versionAt(outputs())).isEqualTo(1);
  }

  @Test
  void anOutputThatTheJournalNoLongerContinuesIsNotRolledBackTo() throws IOException {
    publish(1_000);
    fold(new VersionedText(1, 500));
    rebuild(new VersionedText(1, 500), ON);
    for (int i = 0; i < 4; i++) {
      publish(20_000);
    }
    fold(new VersionedText(1, 500));
    List<Long> before = Outputs.steps(outputs());
    Path seen = outputs().resolve("text").toRealPath();
    try (EventLog log = Logs.builder(store()).build()) {
      log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(30_000)));
      assertThat(log.floorSequence()).isGreaterThan(1_000);
    }

    assertThatThrownBy(() -> rollBack(new VersionedText(1, 500)))
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessageContaining("is not rolled back");

    assertThat(outputs().resolve("text").toRealPath()).isEqualTo(seen);
    assertThat(Outputs.steps(outputs())).isEqualTo(before);
    assertThat(outputs().resolve("_rebuild")).isEmptyDirectory();
  }

  @Test
  void withoutAnEarlierOutputARollBackIsRefused() throws IOException {
    publish(5);
    fold(new VersionedText(1));

    assertThatThrownBy(() -> rollBack(new VersionedText(1)))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("ringfold rebuild");
  }

  @Test
  void onlyOneWorksOnAStoresOutputs() throws IOException {
    publish(5);
    try (Closeable place = OutputRebuild.alone(store())) {
      assertThat(place).isNotNull();
      assertThatThrownBy(() -> OutputRebuild.alone(store()))
          .isInstanceOf(ProjectionFailedException.class)
          .hasMessageContaining("Another runtime runs projections");
    }
    OutputRebuild.alone(store()).close();
  }

  @Test
  void factsThatCameMeanwhileOverruleWhatWasBuilt() throws Exception {
    try (EventLog log = Logs.builder(store()).build()) {
      Logs.appendFast(log, 0, 4_500);
    }
    int[] batches = {0};
    rebuild(new VersionedText(1, 500), sequence -> ++batches[0] < 1);
    long left;
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log)
                .add(new Picky(11L), new FailurePolicy.RetryThenDeadLetter(0, Duration.ofNanos(1)))
                .start()) {
      assertThat(runtime.awaitApplied("text", log.lastSequence(), Logs.PATIENCE)).isTrue();
      // The letter is an event, too, which was not there yet.
      assertThat(runtime.awaitApplied("text", log.lastSequence(), Logs.PATIENCE)).isTrue();
      left = runtime.status("text").deadLetters();
    }
    assertThat(left).isEqualTo(1);

    OutputRebuild.Rebuilt rebuilt = rebuild(new VersionedText(1, 500), ON);

    assertThat(rebuilt.resumed()).isFalse();
    assertThat(Outputs.steps(outputs())).hasSize(4_499).doesNotContain(11L);
  }
}
