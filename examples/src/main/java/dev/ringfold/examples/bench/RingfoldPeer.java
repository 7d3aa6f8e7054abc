// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Ringfold itself, through its public API alone. */
final class RingfoldPeer
    implements Peer.Forcing,
        Peer.Seeking,
        Peer.Recovering,
        Peer.Tailing,
        Peer.Trickling,
        Peer.Skimming {
  private static final int POLL_LIMIT = 4_096;
  private static final Duration IDLE_POLL = Duration.ofSeconds(1);

  @Override
  public String name() {
    return "ringfold";
  }

  @Override
  public Store create(Path directory, StoreOptions options) {
    return new RingfoldStore(directory);
  }

  @Override
  public ForcedStore createForced(Path directory, long events) {
    return new RingfoldStore(directory);
  }

  @Override
  public long replay(Path directory, Checker checker) {
    try (EventLogReader log = EventLog.openReadOnly(directory)) {
      BenchEvent event = new BenchEvent();
      long start = System.nanoTime();
      try (Tailer tailer = log.tailer().open()) {
        RingfoldEvents events = new RingfoldEvents(tailer.names());
        int polled;
        do {
          polled =
              tailer.poll(
                  view -> {
                    if (events.read(view, event)) {
                      checker.accept(event);
                    }
                  },
                  POLL_LIMIT);
        } while (polled > 0);
      }
      return System.nanoTime() - start;
    }
  }

  @Override
  public long skim(Path directory) {
    try (EventLogReader log = EventLog.openReadOnly(directory);
        Tailer tailer = log.tailer().open()) {
      long events = 0;
      int polled;
      do {
        polled = tailer.poll(event -> {}, POLL_LIMIT);
        events += polled;
      } while (polled > 0);
      return events;
    }
  }

  @Override
  public Seeker seeker(Path directory) {
    return new TailerSeeker(EventLog.openReadOnly(directory));
  }

  @Override
  public Reopened reopen(Path directory, BenchEvent event) {
    long start = System.nanoTime();
    try (RingfoldStore store = new RingfoldStore(directory)) {
      long opened = System.nanoTime();
      store.append(event, AckLevel.JOURNAL);
      return new Reopened(opened - start, System.nanoTime() - start);
    }
  }

  @Override
  public void trickle(Path directory, long seed, long events) {
    BenchEvent event = new BenchEvent();
    try (RingfoldStore store = new RingfoldStore(directory)) {
      for (long i = 0; i < events; i++) {
        event.fill(seed, i);
        store.append(event, AckLevel.JOURNAL);
      }
    }
  }

  @Override
  public Closeable idle(Path directory, int tailers, long events, Duration timeout)
      throws IOException {
    IdleLog idle = new IdleLog(new RingfoldStore(directory), tailers);
    try {
      idle.fill(events, timeout);
    } catch (IOException | RuntimeException e) {
      idle.close();
      throw e;
    }
    return idle;
  }

  private static final class TailerSeeker implements Seeker {
    private final EventLogReader log;
    private final Tailer tailer;
    private final RingfoldEvents events;

    TailerSeeker(EventLogReader log) {
      this.log = log;
      this.tailer = log.tailer().open();
      this.events = new RingfoldEvents(tailer.names());
    }

    @Override
    public boolean read(long sequence, BenchEvent event) throws IOException {
      tailer.seek(sequence);
      boolean[] ours = new boolean[1];
      int polled =
          tailer.poll(view -> ours[0] = view.sequence() == sequence && events.read(view, event), 1);
      if (polled != 1) {
        throw new IOException("Ringfold does not find sequence " + sequence);
      }
      return ours[0];
    }

    @Override
    public void close() {
      tailer.close();
      log.close();
    }
  }

  /** A log and threads that poll it with a timeout, as a projection does. */
  private static final class IdleLog implements Closeable {
    private final RingfoldStore store;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong seen = new AtomicLong();
    private final int tailers;
    private volatile boolean stopped;

    IdleLog(RingfoldStore store, int tailers) {
      this.store = store;
      this.tailers = tailers;
      for (int t = 0; t < tailers; t++) {
        Thread thread = new Thread(this::tail, "bench-tailer-" + t);
        threads.add(thread);
        thread.start();
      }
    }

    private void tail() {
      try (Tailer tailer = store.log().tailer().open()) {
        RingfoldEvents events = new RingfoldEvents(tailer.names());
        BenchEvent event = new BenchEvent();
        while (!stopped) {
          tailer.poll(
              view -> {
                if (events.read(view, event)) {
                  seen.incrementAndGet();
                }
              },
              POLL_LIMIT,
              IDLE_POLL);
        }
      }
    }

    void fill(long events, Duration timeout) throws IOException {
      Ingest.publishAll(store, Scale.SEED, events, 1);
      store.awaitStored(events);
      long deadline = System.nanoTime() + timeout.toNanos();
      while (seen.get() < events * tailers) {
        if (System.nanoTime() > deadline) {
          throw new IOException(
              "the tailers saw " + seen.get() + " of " + events * tailers + " events");
        }
        Waiting.yieldCore();
      }
    }

    @Override
    public void close() {
      stopped = true;
      threads.forEach(Waiting::join);
      store.close();
    }
  }
}
