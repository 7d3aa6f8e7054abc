// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.internal.journal.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Producers that go on while the log is closed: nothing is lost in silence, nobody waits. */
class ClosingRaceTest {
  private static final int ROUNDS = 50;
  private static final long DEFAULT_SEED = 20_260_601L;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();
  private static final AckLevel[] LEVELS = {AckLevel.JOURNAL, AckLevel.DISK};

  @TempDir Path directory;

  /** One thread and what the log told it. */
  private abstract static class Publisher extends Thread {
    final EventLog log;
    final AtomicBoolean stop;
    volatile long published;
    @Nullable Throwable failure;

    Publisher(EventLog log, AtomicBoolean stop, String name) {
      super(name);
      this.log = log;
      this.stop = stop;
    }

    @Override
    public void run() {
      try (Producer producer = log.producer(getName())) {
        publish(producer, log.stream(getName()));
      } catch (LogClosedException closed) {
        stop.get(); // What is awaited.
      } catch (Throwable e) {
        failure = e;
      }
    }

    abstract void publish(Producer producer, Stream stream);
  }

  private static final class Offering extends Publisher {
    long lastAccepted;
    long accepted;

    Offering(EventLog log, AtomicBoolean stop, String name) {
      super(log, stop, name);
    }

    @Override
    void publish(Producer producer, Stream stream) {
      MetricsRow row = producer.metrics(stream, LAYOUT);
      while (!stop.get()) {
        if (row.begin(0, published).set(0, 1).offer()) {
          lastAccepted = producer.offered();
          accepted++;
        }
        published++;
      }
    }
  }

  private static final class Appending extends Publisher {
    final List<CompletableFuture<AppendOutcome>> futures = new ArrayList<>();

    Appending(EventLog log, AtomicBoolean stop, String name) {
      super(log, stop, name);
    }

    @Override
    void publish(Producer producer, Stream stream) {
      while (!stop.get()) {
        AckLevel level = LEVELS[(int) (published % LEVELS.length)];
        futures.add(producer.append(stream, LogFixture.event(published), level));
        published++;
      }
    }
  }

  private static final class Awaiting extends Publisher {
    final List<Long> acknowledged = new ArrayList<>();

    Awaiting(EventLog log, AtomicBoolean stop, String name) {
      super(log, stop, name);
    }

    @Override
    void publish(Producer producer, Stream stream) {
      while (!stop.get()) {
        producer.appendAndAwait(
            stream, LogFixture.event(published), AckLevel.JOURNAL, AppendOptions.NONE, PATIENCE);
        acknowledged.add(published);
        published++;
      }
    }
  }

  @Test
  void everyTrueOfferIsStoredOrDeclaredAndEveryFutureCompletes() throws Exception {
    long seed = Long.getLong("ringfold.seed", DEFAULT_SEED);
    System.out.println("closing race: repeat with -Dringfold.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      closeInTheMiddle(directory.resolve("store" + round), random.split(), "round " + round);
    }
  }

  private static void closeInTheMiddle(Path store, SplittableRandom random, String round)
      throws Exception {
    EventLog log = LogFixture.builder(store).set(LogOption.RING_SLOTS, 1024).build();
    AtomicBoolean stop = new AtomicBoolean();
    List<Offering> offering = new ArrayList<>();
    List<Appending> appending = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      offering.add(new Offering(log, stop, "offering-" + i));
      appending.add(new Appending(log, stop, "appending-" + i));
    }
    Awaiting awaiting = new Awaiting(log, stop, "awaiting");
    List<Publisher> all = new ArrayList<>(offering);
    all.addAll(appending);
    all.add(awaiting);
    all.forEach(Thread::start);
    long enough = random.nextLong(10, 3_000);
    LogFixture.await(() -> all.stream().mapToLong(one -> one.published).sum() >= enough);
    boolean patient = random.nextBoolean();

    CloseReport report = log.close(patient ? PATIENCE : Duration.ZERO);

    // The offering ones never see an exception: they go on against the closed log for a while.
    stop.set(true);
    for (Publisher one : all) {
      one.join(PATIENCE.toMillis());
      assertThat(one.isAlive()).as("%s: %s waits", round, one.getName()).isFalse();
      assertThat(one.failure).as("%s: %s", round, one.getName()).isNull();
    }
    assertThat(report.clean()).as("%s: %s", round, report).isEqualTo(report.undrained() == 0);
    assertThat(LogFixture.manifest(store).state()).isEqualTo(Manifest.State.CLEAN);
    List<LedgerMark> marks = LedgerReading.closingMarks(store);
    assertThat(marks)
        .as(round)
        .allSatisfy(mark -> assertThat(mark.stored() + mark.dropped()).isEqualTo(mark.offered()));
    for (Offering one : offering) {
      check(round, store, one, marks);
    }
    for (Appending one : appending) {
      check(round, store, one);
    }
    assertThat(LedgerReading.steps(store, "awaiting"))
        .as(round)
        .containsExactlyElementsOf(awaiting.acknowledged);
  }

  /** Ordinals up to the mark's are accounted for; the last true offer must be among them. */
  private static void check(String round, Path store, Offering one, List<LedgerMark> marks) {
    int stored = LedgerReading.steps(store, one.getName()).size();
    long offered = 0;
    for (LedgerMark mark : marks) {
      if (mark.stored() == stored && mark.offered() >= one.lastAccepted) {
        offered = mark.offered();
      }
    }
    assertThat(offered)
        .as("%s: %s: %s stored, ledger %s", round, one.getName(), stored, marks)
        .isGreaterThanOrEqualTo(one.lastAccepted);
    assertThat(one.accepted).as(round).isGreaterThanOrEqualTo(stored);
  }

  private static void check(String round, Path store, Appending one) throws Exception {
    TreeSet<Long> stored = new TreeSet<>(LedgerReading.steps(store, one.getName()));
    for (int step = 0; step < one.futures.size(); step++) {
      boolean told;
      try {
        told = one.futures.get(step).get(20, TimeUnit.SECONDS).isStored();
      } catch (ExecutionException e) {
        assertThat(e.getCause()).as(round).isInstanceOf(LogClosedException.class);
        told = false;
      }
      assertThat(stored.contains((long) step)).as("%s: step %s", round, step).isEqualTo(told);
    }
  }
}
