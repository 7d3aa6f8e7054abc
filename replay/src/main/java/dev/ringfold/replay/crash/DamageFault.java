// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.Tailer;
import dev.ringfold.blob.BlobId;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Damaged files: one small store, clean for even seeds and as a crash leaves it for odd ones, is
 * damaged in one place, asked for everything it holds, and put back, again and again. Every damage
 * must be detected by a typed error that says where, or change no answer at all.
 */
final class DamageFault implements Fault {
  /** Damages of one seed. */
  static final int DAMAGES = 50;

  private static final int SEGMENTS = 4;
  private static final int ITEMS_PER_SEGMENT = 96;
  private static final long MAX_ASK_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Map<String, Map<StoreFacts.Answer, Integer>> answers = new TreeMap<>();

  @Override
  public String name() {
    return "damaged file (bit flips, lost pages, cuts)";
  }

  /** Answers by type of the damaged file, over all runs. */
  Map<String, Map<StoreFacts.Answer, Integer>> answers() {
    return answers;
  }

  @Override
  public Verdict run(Places places, long seed, @Nullable String unused) throws IOException {
    CrashSite site = new CrashSite(places, "damage-" + seed);
    StoreFacts facts = build(site, seed);
    LeftCounters counters = counters(site, site.pristine());
    SplittableRandom random = new SplittableRandom(seed);
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < DAMAGES; i++) {
      Damage damage = Damage.of(site.pristine(), random);
      DirectoryTree.delete(site.store());
      CrashSite.copyTree(site.pristine(), site.store());
      damage.applyTo(site.store());
      counters.putBack();
      String problem = ask(facts, site, damage, random);
      if (problem != null) {
        problems.add(damage.file() + ", " + damage.what() + ": " + problem);
      }
    }
    counters.remove();
    Verdict verdict = new Verdict(facts.events(), 0, facts.events(), 0, problems);
    Faults.finish(site, verdict);
    return verdict;
  }

  private @Nullable String ask(
      StoreFacts facts, CrashSite site, Damage damage, SplittableRandom random) {
    long started = System.nanoTime();
    try {
      StoreFacts.Answer reader = facts.askReader(site.store(), random);
      StoreFacts.Answer writer = facts.askWriter(site.store());
      boolean detected =
          reader == StoreFacts.Answer.DETECTED || writer == StoreFacts.Answer.DETECTED;
      answers
          .computeIfAbsent(Damage.typeOf(damage.file()), type -> new TreeMap<>())
          .merge(detected ? StoreFacts.Answer.DETECTED : StoreFacts.Answer.SAME, 1, Integer::sum);
      long took = System.nanoTime() - started;
      return took > MAX_ASK_NANOS
          ? "answering took " + TimeUnit.NANOSECONDS.toMillis(took) + " ms"
          : null;
    } catch (StoreFacts.SilentlyWrong e) {
      return e.getMessage();
    } catch (RuntimeException | Error e) {
      StackTraceElement[] trace = e.getStackTrace();
      return "an error of no type of ours: " + e + (trace.length > 0 ? " at " + trace[0] : "");
    }
  }

  /** Builds the undamaged store, in {@link CrashSite#pristine()}. */
  static StoreFacts build(CrashSite site, long seed) throws IOException {
    MixedWorkload workload = new MixedWorkload();
    boolean crashed = (seed & 1) != 0;
    try (Oracle oracle = new Oracle(site.oracle());
        EventLog log = CrashStore.builder(site.store(), seed, workload).build();
        Producer producer = log.producer("crash")) {
      Publisher publisher =
          new Publisher(log, CrashStore.types(workload), producer, AckLevel.DISK, oracle, seed);
      for (int segment = 0; segment < SEGMENTS; segment++) {
        fill(publisher, workload, (long) segment * ITEMS_PER_SEGMENT);
        if (segment < SEGMENTS - 1) {
          roll(log, publisher, workload, (long) (segment + 1) * ITEMS_PER_SEGMENT - 1);
        }
      }
      if (crashed) {
        CrashSite.copyTree(site.store(), site.pristine());
        counters(site, site.store()).keep(site.pristine());
      }
    }
    if (!crashed) {
      CrashSite.copyTree(site.store(), site.pristine());
    }
    return facts(site, seed, workload);
  }

  private static void fill(Publisher publisher, Workload workload, long first) {
    for (long n = first; n < first + ITEMS_PER_SEGMENT; n++) {
      publisher.item(n);
      workload.publish(publisher, n);
    }
    publisher.settle();
  }

  /** Publishes the same item until a new segment has begun. */
  private static void roll(EventLog log, Publisher publisher, Workload workload, long item) {
    int segments = log.stats().segments();
    log.requestRoll();
    long deadline = System.nanoTime() + MAX_ASK_NANOS;
    while (log.stats().segments() == segments) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no new segment begins");
      }
      publisher.item(item);
      workload.publish(publisher, item);
      publisher.settle();
    }
  }

  private static StoreFacts facts(CrashSite site, long seed, MixedWorkload workload)
      throws IOException {
    TreeMap<Long, Long> keyed = new TreeMap<>();
    List<BlobId> blobs = new ArrayList<>();
    DirectoryTree.delete(site.store());
    CrashSite.copyTree(site.pristine(), site.store());
    counters(site, site.pristine()).putBack();
    try (EventLogReader reader = EventLogReader.open(site.store(), CrashStore.types(workload))) {
      try (Tailer tailer = reader.tailer().types(CrashEvent.TYPE_ID).open()) {
        tailer.poll(
            view -> {
              CrashEvent event = (CrashEvent) tailer.decode(view);
              if (event.kind() == Kind.KEYED) {
                keyed.put(event.n(), view.sequence());
              } else if (event.kind() == Kind.BLOB) {
                blobs.add(BlobId.of(event.body()));
              }
            },
            Integer.MAX_VALUE);
      }
      StoreReading whole = StoreReading.of(reader.tailer(), workload.check(seed));
      long position = reader.positions().find("crash").orElseThrow().sequence();
      LedgerMark account = account(site, seed, workload);
      return new StoreFacts(workload, seed, whole, keyed, blobs, position, account);
    }
  }

  private static LeftCounters counters(CrashSite site, Path known) {
    return new LeftCounters(site.store(), ManifestFile.read(known).storeIdBytes());
  }

  /**
   * The closing mark of the session that filled the store, written by the next one at the latest.
   */
  private static LedgerMark account(CrashSite site, long seed, MixedWorkload workload) {
    try (EventLog log = CrashStore.builder(site.store(), seed, workload).build()) {
      LedgerMark mark = StoreReading.of(log.tailer(), workload.check(seed)).closingMark(1, 1);
      if (mark == null || mark.lowerBound()) {
        throw new IllegalStateException("the undamaged ledger is not exact: " + mark);
      }
      return mark;
    }
  }
}
