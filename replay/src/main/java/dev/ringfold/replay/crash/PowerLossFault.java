// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Loss of power, without a power switch: a log runs in this process, {@link PowerLossRecorder}
 * takes what was forced and what was written, and many mixes of both are opened. An event
 * acknowledged at {@code DISK} must be in every one of them.
 */
final class PowerLossFault implements Fault {
  /** Mixes of one seed. */
  static final int MIXES = 25;

  private static final int MAX_FORCES = 12;
  private static final int ITEMS_BETWEEN_ROLLS = 150;
  private static final long MAX_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long MAX_RUN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final List<String> CUT_POINTS =
      List.of(
          "journal.force.before",
          "journal.force.after",
          "roll.oldForced",
          "roll.manifestWritten",
          "roll.newForced");

  @Override
  public String name() {
    return "power loss (page mixer)";
  }

  @Override
  public Verdict run(Places places, long seed, @Nullable String own)
      throws IOException, ReflectiveOperationException {
    CrashSite site = new CrashSite(places, "power-" + seed);
    StoreImage image = record(site, seed, workload(own));
    List<Oracle.Ack> acks = Oracle.read(site.oracle());
    StoreVerifier verifier = new StoreVerifier(workload(own), seed);
    Verdict total = new Verdict(acks.size(), 0, 0, 0, List.of());
    for (int mix = 0; mix < MIXES && total.isGood(); mix++) {
      DirectoryTree.delete(site.store());
      image.write(site.store(), seed * MIXES + mix);
      Verdict verdict = verifier.verifyQuickly(site.store(), acks);
      if (!verdict.isGood()) {
        // The same state once more, as it was before recovery touched it.
        DirectoryTree.delete(site.store());
        image.write(site.store(), seed * MIXES + mix);
        total = inMix(mix, verdict);
      }
    }
    Faults.finish(site, total);
    return total;
  }

  /** What comes with this fault writes on while a force is under way; others may wait. */
  private static Workload workload(@Nullable String own) throws ReflectiveOperationException {
    return own == null ? new PowerLossWorkload() : CrashChild.workload(own);
  }

  private static Verdict inMix(int mix, Verdict verdict) {
    List<String> problems = new ArrayList<>();
    verdict.problems().forEach(problem -> problems.add("mix " + mix + ": " + problem));
    return new Verdict(
        verdict.acknowledged(), verdict.lost(), verdict.readable(), verdict.openNanos(), problems);
  }

  /** Runs a log until the power goes; the oracle holds what was acknowledged by then. */
  private static StoreImage record(CrashSite site, long seed, Workload workload) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Oracle oracle = new Oracle(site.oracle());
        EventLog log = CrashStore.builder(site.store(), seed, workload).build();
        Producer producer = log.producer("crash")) {
      PowerLossRecorder recorder =
          new PowerLossRecorder(
              site.store(),
              1 + random.nextInt(MAX_FORCES),
              CUT_POINTS.get(random.nextInt(CUT_POINTS.size())),
              random.nextLong(MAX_HOLD_NANOS),
              newestSegment(site.store()));
      AckSink beforeTheCut =
          (sequence, crc, item) -> {
            if (!recorder.isDone()) {
              oracle.acknowledged(sequence, crc, item);
            }
          };
      Publisher publisher =
          new Publisher(
              log, CrashStore.types(workload), producer, AckLevel.DISK, beforeTheCut, seed);
      FaultPoint.Hook hook = FaultPoint.install(recorder);
      try {
        publish(publisher, workload, recorder, log, random);
      } finally {
        hook.close();
      }
      publisher.settle();
      return recorder.image();
    }
  }

  private static void publish(
      Publisher publisher,
      Workload workload,
      PowerLossRecorder recorder,
      EventLog log,
      SplittableRandom random) {
    long deadline = System.nanoTime() + MAX_RUN_NANOS;
    for (long n = 0; !recorder.isDone(); n++) {
      publisher.item(n);
      workload.publish(publisher, n);
      if (random.nextInt(ITEMS_BETWEEN_ROLLS) == 0) {
        log.requestRoll();
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the chosen force never came");
      }
    }
  }

  private static long newestSegment(Path store) {
    SegmentEntry newest = ManifestFile.read(store).lastSegment();
    return newest == null ? 1 : newest.number();
  }
}
