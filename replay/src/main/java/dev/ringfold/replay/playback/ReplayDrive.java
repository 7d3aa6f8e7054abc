// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventHandler;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.SavedPositions;
import dev.ringfold.projections.index.IndexQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Reads events and hands them on: at their time, until the end or a stop. One thread, one run. */
final class ReplayDrive implements EventHandler {
  /** Sequences after which it looks whether somebody wants to stop. */
  private static final int STEP = 1 << 14;

  private static final int BATCH = 1_024;
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What was taken is shown before a pause of so long. */
  private static final long SHOWN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final EventLogReader log;
  private final ReplayOptions options;
  private final ReplayTarget target;
  private final Pacer pacer;
  private ReplaySpan span;
  private long events;
  private long stoppedAt = -1;
  private long progressNanos;
  private long savedNanos;

  ReplayDrive(EventLogReader log, ReplayOptions options, ReplayTarget target) {
    this.log = log;
    this.options = options;
    this.target = target;
    this.pacer = options.pacer();
    this.span = ReplaySpan.of(log, options);
  }

  ReplayReport run() throws IOException {
    long known = target.resumesAt();
    if (known > span.first()) {
      span = span.from(known);
    }
    IndexQuery query = options.query.between(span.first(), span.last());
    try (IndexedTailer tailer =
        span.oldest()
            ? IndexedTailer.openOldest(log, options.outputs(log.directory()), query)
            : IndexedTailer.open(log, options.outputs(log.directory()), query)) {
      return run(tailer);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private ReplayReport run(IndexedTailer tailer) throws IOException {
    target.begin(tailer);
    savedNanos = options.time.nanos();
    progressNanos = savedNanos;
    boolean more = true;
    while (more && stoppedAt < 0) {
      if (options.stopping.getAsBoolean()) {
        stoppedAt = tailer.nextSequence();
        break;
      }
      // One by one when they have to wait: a stop then comes between two events.
      tailer.step(this, pacer.isPacing() ? 1 : BATCH, STEP);
      more = !tailer.ended();
      duties(tailer.nextSequence());
    }
    long next = stoppedAt < 0 ? Math.max(span.first(), span.last() + 1) : stoppedAt;
    if (stoppedAt < 0) {
      target.finish();
    } else {
      target.keep();
    }
    save(next);
    tell(next);
    return new ReplayReport(
        events, span.first(), span.last(), next, stoppedAt >= 0, tailer.segmentsRead());
  }

  @Override
  public void onEvent(EventView event) {
    try {
      if (pacer.leftNanos(event) > SHOWN_PAUSE_NANOS) {
        target.show();
      }
      if (!pacer.await(event)) {
        stoppedAt = event.sequence();
        return;
      }
      target.take(event);
      events++;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void duties(long next) throws IOException {
    long now = options.time.nanos();
    if (now - progressNanos >= PROGRESS_NANOS) {
      progressNanos = now;
      tell(next);
    }
    if (options.resumeName != null && stoppedAt < 0 && now - savedNanos >= SAVE_NANOS) {
      target.keep();
      save(next);
      savedNanos = options.time.nanos();
    }
  }

  private void tell(long next) {
    options.listener.onProgress(new Progress(span.first(), next, span.last(), events));
  }

  private void save(long next) {
    String name = options.resumeName;
    if (name != null) {
      SavedPositions.Position before = span.position();
      log.positions().save(name, next, before != null && before.holdsRetention());
    }
  }
}
