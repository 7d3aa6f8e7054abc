// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.projections.OutputRebuild.Rebuilt;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.backup.Backup;
import dev.ringfold.replay.backup.Backups;
import dev.ringfold.replay.rebuild.Rebuild;
import dev.ringfold.replay.rebuild.StoreCheck;
import dev.ringfold.replay.salvage.Salvage;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What long work says about how far it is, and what is left when it is stopped. */
final class LongWorkTest {
  @TempDir private Path folder;

  private Path store;
  private Path outputs;

  @BeforeEach
  void make() {
    store = TrainingStore.createWithTables(folder.resolve("store"));
    outputs = store.resolve("outputs");
    float[] weights = {1, 2};
    try (Checkpoints checkpoints = Checkpoints.open(store)) {
      checkpoints.save(1, Map.of("w", Tensor.of(weights, 2)), Map.of(), Map.of()).await();
    }
  }

  private record Heard(String step, long done, long all) {}

  /** Remembers, and says stop at the call of this number. */
  private static final class Listener implements WorkProgress {
    private final List<Heard> heard = new ArrayList<>();
    private final int most;

    Listener(int most) {
      this.most = most;
    }

    @Override
    public boolean reached(String step, long done, long all) {
      heard.add(new Heard(step, done, all));
      return heard.size() < most;
    }

    Set<String> steps() {
      Set<String> steps = new LinkedHashSet<>();
      heard.forEach(each -> steps.add(each.step()));
      return steps;
    }

    void assertThatItNeverGoesBackAndKnowsHowMuchThereIs() {
      for (String step : steps()) {
        List<Heard> of = heard.stream().filter(each -> each.step().equals(step)).toList();
        assertThat(of).extracting(Heard::done).as(step).isSorted();
        assertThat(of).extracting(Heard::all).as(step).containsOnly(of.get(0).all());
        assertThat(of).allSatisfy(each -> assertThat(each.done()).isBetween(0L, each.all()));
      }
    }

    double end(String step) {
      Heard last =
          heard.stream().filter(each -> each.step().equals(step)).reduce((a, b) -> b).orElseThrow();
      return last.done() / (double) last.all();
    }
  }

  private interface Work {
    void run(WorkProgress progress) throws Exception;
  }

  /** Runs it to its end, then stops it at the first, at a middle and at the last call. */
  private Listener whole(Work work, Path... made) throws Exception {
    Listener listener = new Listener(Integer.MAX_VALUE);
    work.run(listener);
    listener.assertThatItNeverGoesBackAndKnowsHowMuchThereIs();
    int calls = listener.heard.size();
    for (Path each : made) {
      dev.ringfold.internal.io.DirectoryTree.delete(each);
    }
    Set<Path> before = files();
    for (int at : new int[] {1, (calls + 1) / 2, calls}) {
      assertThatThrownBy(() -> work.run(new Listener(at)))
          .as("stopped at %s of %s", at, calls)
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining(" of ");
      assertThat(files()).as("stopped at %s of %s", at, calls).isEqualTo(before);
    }
    return listener;
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return Set.copyOf(all.filter(path -> !path.toString().contains("LOCK")).toList());
    }
  }

  @Test
  void verifyFullCountsBytesOfJournalAndBlobs() throws Exception {
    Listener heard = whole(progress -> StoreCheck.full(store, outputs, progress));

    assertThat(heard.steps()).containsExactly("journal", "blobs", "outputs");
    assertThat(heard.end("journal")).isGreaterThan(0.9);
    assertThat(heard.end("blobs")).isEqualTo(1);
  }

  @Test
  void verifyRebuildCountsSequencesAndDeletesItsScratch() throws Exception {
    Listener heard =
        whole(progress -> ScratchWork.compare(store, outputs, null, List.of(), progress));

    assertThat(heard.steps()).contains("metrics", "ledger");
  }

  @Test
  void backupAndRestoreCountEventsAndBlobs() throws Exception {
    Path place = folder.resolve("backups");
    Path target = folder.resolve("restored");
    Listener taken =
        whole(
            progress -> Backups.open(place).progress(progress).full(store, Backup.Form.DIRECTORY),
            place.resolve("000001-full"));
    Backups.open(place).full(store, Backup.Form.DIRECTORY);
    Listener restored =
        whole(
            progress ->
                Backups.open(place)
                    .progress(progress)
                    .restore(Backups.NEWEST, new Point.End(), target),
            target);

    assertThat(taken.steps()).containsExactly("events", "blobs");
    assertThat(taken.end("events")).isEqualTo(1);
    assertThat(restored.steps()).containsExactly("events", "blobs");
    assertThat(restored.end("events")).isEqualTo(1);
  }

  @Test
  void salvageCountsTheJournalTwice() throws Exception {
    Path target = folder.resolve("salvaged");

    Listener heard = whole(progress -> Salvage.salvage(store, target, progress), target);

    assertThat(heard.steps()).containsExactly("names", "journal", "blobs");
    assertThat(heard.end("journal")).isPositive();
  }

  @Test
  void aStoppedRebuildIsGoneOnWith() throws IOException {
    int[] calls = {0};
    List<Rebuilt> stopped =
        Rebuild.of(store).projection("metrics").progress((name, at) -> ++calls[0] < 1).run(1);

    Ran again = Ran.ringfold("rebuild", store, "metrics");

    assertThat(stopped).extracting(Rebuilt::switched).containsExactly(false);
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out()).startsWith("rebuild metrics: done here");
    assertThat(again.err()).isEmpty();
  }

  @Test
  void theBarIsDrawnWipedAndDrawnAgain() {
    StringWriter screen = new StringWriter();
    ProgressBar bar = new ProgressBar(new PrintWriter(screen), true);
    LongWork.Watch watch = new LongWork.Watch(() -> bar, () -> false, 0);

    assertThat(watch.reached("journal", 50, 100)).isTrue();
    watch.end();
    String once = screen.toString();
    watch.reached("blobs", 1, 1);

    assertThat(once).contains("\rjournal ", "#.", " 50 %").endsWith(" \r");
    assertThat(screen.toString().substring(once.length())).contains("\rblobs ", "100 %");
  }

  @Test
  void shortWorkAsksForNoBarAndASignalStopsIt() {
    LongWork.Watch watch =
        new LongWork.Watch(
            () -> {
              throw new AssertionError("asked for a bar");
            },
            () -> true,
            Long.MAX_VALUE);

    assertThat(watch.reached("journal", 0, 100)).isFalse();
    assertThatThrownBy(() -> watch.tell("journal", 100, 100))
        .isInstanceOf(CancellationException.class)
        .hasMessage("journal at 100 of 100");
    watch.end();
  }

  @Test
  void commandsHaveTheOptionAndShowNothingWithoutATerminal() {
    Path place = folder.resolve("backups");
    List<List<Object>> commands =
        List.of(
            List.of("verify", store, "--full"),
            List.of("verify", store, "--rebuild"),
            List.of("rebuild", store),
            List.of("replay", store, "--without", 1),
            List.of("compact", store),
            List.of("backup", store, "--to", place),
            List.of("restore", place, "--to", folder.resolve("restored")),
            List.of("repair", store, "--salvage", folder.resolve("salvaged")));
    for (List<Object> command : commands) {
      List<Object> arguments = new ArrayList<>(command);
      arguments.add("--no-progress");
      Ran ran = Ran.ringfold(arguments.toArray());
      assertThat(ran.exitCode()).as(command + ran.out() + ran.err()).isZero();
      assertThat(ran.err()).as(command.toString()).isEmpty();
    }
  }
}
