// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk kept an output and lost the newest events behind it. */
final class PowerLossTest {
  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private void run(long fromStep, int count) {
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log)
                .add(new TextProjection())
                .add(new SumProjection(7))
                .start()) {
      long last = Logs.append(log, fromStep, count);
      assertThat(runtime.awaitApplied("text", last, Logs.PATIENCE)).isTrue();
      assertThat(runtime.awaitApplied("sum", last, Logs.PATIENCE)).isTrue();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(from.relativize(file).toString()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The journal is as it was, everything else as it became. */
  private void losePower(Path before) throws IOException {
    delete(store().resolve("journal"));
    copy(before.resolve("journal"), store().resolve("journal"));
    Files.delete(store().resolve("MANIFEST"));
    Files.copy(before.resolve("MANIFEST"), store().resolve("MANIFEST"));
  }

  @Test
  void anOutputOfEventsThatNeverHappenedIsRolledBackAndNoSequenceIsSkipped() throws IOException {
    run(0, 25);
    Path before = directory.resolve("before");
    copy(store(), before);
    run(1_000, 60);
    assertThat(Outputs.steps(store().resolve("outputs"))).contains(1_000L, 1_049L);
    losePower(before);

    run(2_000, 42);

    Path outputs = store().resolve("outputs");
    List<Long> steps = Outputs.steps(outputs);
    List<Long> happened =
        LongStream.concat(LongStream.range(0, 25), LongStream.range(2_000, 2_042)).boxed().toList();
    assertThat(happened).startsWith(steps.toArray(Long[]::new));
    assertThat(steps).hasSizeGreaterThanOrEqualTo(60);
    Path again = directory.resolve("again");
    Outputs.rebuild(store(), again, new TextProjection());
    assertThat(Outputs.parts(again)).isEqualTo(Outputs.parts(outputs));
    SumProjection sum = new SumProjection(7);
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(sum).start()) {
      assertThat(runtime.awaitApplied("sum", log.lastSequence(), Logs.PATIENCE)).isTrue();
      assertThat(sum.count()).isEqualTo(67);
      assertThat(sum.sum()).isEqualTo(happened.stream().mapToLong(Long::longValue).sum());
    }
  }

  @Test
  void anOutputAboveAJournalThatOnlyLostItsTailIsRolledBack() throws IOException {
    run(0, 25);
    Path before = directory.resolve("before");
    copy(store(), before);
    run(1_000, 60);
    losePower(before);

    run(25, 1);

    assertThat(Outputs.steps(store().resolve("outputs")))
        .isSubsetOf(LongStream.range(0, 26).boxed().toList());
    try (EventLog log = Logs.builder(store()).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new TextProjection()).start()) {
      assertThat(runtime.awaitApplied("text", log.lastSequence(), Logs.PATIENCE)).isTrue();
      Logs.append(log, 26, 4);
      Logs.await("the third part", () -> runtime.status("text").committedSequence() > 20);
      assertThat(Outputs.steps(store().resolve("outputs")))
          .isEqualTo(LongStream.range(0, 30).boxed().toList());
    }
  }
}
