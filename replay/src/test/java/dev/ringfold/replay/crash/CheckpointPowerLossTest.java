// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.ForceWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Losses of power by the page mixer while checkpoints and quantum states are saved: journal and
 * blobs are any mix that a disk may hold, down to the names in every directory.
 */
class CheckpointPowerLossTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1);
  private static final int MIXES = 6;
  private static final int SEEDS = (Integer.getInteger("ringfold.mixes", 48) + MIXES - 1) / MIXES;

  /** Which save is cut where is up to the threads: so many until each kind was seen. */
  private static final int MOST_SEEDS = 5 * SEEDS;

  private static final int MAX_FORCES = 40;

  /** So that a save is in the force that is cut, and not a mark. */
  private static final Duration ONLY_WHEN_ASKED = Duration.ofSeconds(10);

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final List<String> CUT_POINTS =
      List.of("journal.force.before", "journal.force.after", "roll.newForced");
  private static final Workload WORKLOAD = new PowerLossWorkload();

  @TempDir private Path directory;

  private final SavingCheck check = new SavingCheck();

  private record Recording(
      StoreImage journal, BlobDisk blobs, List<SavingWorkload.Acknowledged> acknowledged) {}

  @Test
  void whatWasCommittedIsWholeAndNothingIsLeftOfWhatWasNot() throws Exception {
    Path root = directory.toRealPath();
    for (long seed = SEED; seed < SEED + SEEDS || !sawAll() && seed < SEED + MOST_SEEDS; seed++) {
      Path place = Files.createDirectory(root.resolve("seed-" + seed));
      Recording recording = record(place.resolve("store"), seed);
      for (int mix = 0; mix < MIXES; mix++) {
        Path store = place.resolve("mix-" + mix);
        recording.journal.write(store, seed * MIXES + mix);
        recording.blobs.write(store, seed * MIXES + mix);
        try (EventLog log = CrashStore.builder(store, seed, WORKLOAD).build()) {
          check.check(log, seed, recording.acknowledged, "seed " + seed + ", mix " + mix);
        }
      }
    }
    System.out.println(check);
    assertThat(check.committed()).as("saves that were committed").isPositive();
    assertThat(check.unacknowledged()).as("saves nobody was told of, but whole").isPositive();
    assertThat(check.leftBehind()).as("files that an open had to collect").isPositive();
  }

  private boolean sawAll() {
    return check.committed() > 0 && check.unacknowledged() > 0 && check.leftBehind() > 0;
  }

  /** Saves until the power goes. */
  private static Recording record(Path store, long seed) {
    BlobDisk disk = new BlobDisk(store);
    ForceWatch.Watching watching = ForceWatch.install(disk);
    try {
      return record(store, seed, disk);
    } finally {
      watching.close();
    }
  }

  private static Recording record(Path store, long seed, BlobDisk disk) {
    SplittableRandom random = new SplittableRandom(seed);
    try (EventLog log =
        CrashStore.builder(store, seed, WORKLOAD)
            .set(LogOption.FORCE_INTERVAL, ONLY_WHEN_ASKED)
            .set(LogOption.LEDGER_INTERVAL, ONLY_WHEN_ASKED)
            .build()) {
      PowerLossRecorder recorder =
          new PowerLossRecorder(
              store,
              4 + random.nextInt(MAX_FORCES),
              CUT_POINTS.get(random.nextInt(CUT_POINTS.size())),
              random.nextLong(TimeUnit.MILLISECONDS.toNanos(20)),
              1);
      FaultPoint.Hook hook =
          FaultPoint.install(
              point -> {
                recorder.accept(point);
                if (recorder.isDone()) {
                  // Before anybody hears of a force that came later.
                  disk.cut();
                }
              });
      try (SavingWorkload workload = new SavingWorkload(log, seed, recorder::isDone)) {
        workload.run(random, PATIENCE_NANOS);
        return new Recording(recorder.image(), disk, workload.acknowledged());
      } finally {
        hook.close();
      }
    }
  }
}
