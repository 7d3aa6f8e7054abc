// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.EventLog;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.HealthState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that retention does not delete what the {@link RunHistory} of a log has not saved:
 * while loggers of the log are open it saves the history every few seconds, and holds what came
 * since. The last logger that closes saves it and ends the hold; of a process that dies the hold
 * stays, and moves on when a run is opened again. One for each log, in a thread of its own.
 */
final class RunKeeper implements Runnable {
  /** Name of the hold in the store. */
  static final String HOLD = "runs";

  private static final Logger LOG = LoggerFactory.getLogger(MetricsLogger.class);
  private static final long INTERVAL_MILLIS = TimeUnit.SECONDS.toMillis(10);

  /** How long closing waits until the last rows are on disk; after that the hold stays. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private static final Map<EventLog, RunKeeper> OPEN = new HashMap<>(); // guarded by itself

  private final EventLog log;
  private final RunHistory history;
  private int loggers; // guarded by OPEN
  private boolean ended; // guarded by this
  private long held = -1; // guarded by this

  private RunKeeper(EventLog log, RunHistory history) {
    this.log = log;
    this.history = history;
  }

  /**
   * A logger is opened.
   *
   * @param history of the log's runs; whoever gave it does not use it any more
   */
  static RunKeeper open(EventLog log, RunHistory history) {
    synchronized (OPEN) {
      RunKeeper keeper = OPEN.get(log);
      if (keeper == null) {
        keeper = new RunKeeper(log, history);
        keeper.hold();
        Thread thread = new Thread(keeper, "ringfold-runs");
        thread.setDaemon(true);
        thread.start();
        OPEN.put(log, keeper);
      }
      keeper.loggers++;
      return keeper;
    }
  }

  /** A logger is closed; its log is still open. */
  void release() {
    synchronized (OPEN) {
      loggers--;
      if (loggers == 0) {
        OPEN.remove(log);
        end();
      }
    }
  }

  private synchronized void end() {
    boolean closed = ended || log.health().state() == HealthState.CLOSED;
    ended = true;
    notifyAll();
    if (closed) {
      return;
    }
    try {
      long last = log.lastSequence();
      boolean durable = log.awaitDurable(last, CLOSE_PATIENCE);
      save();
      if (durable && history.savedTo() >= last) {
        log.holds().remove(HOLD);
      }
    } catch (RuntimeException e) {
      // Whatever it is, the log behind it has to be closed.
      LOG.warn("The runs' history was not saved; the hold '{}' keeps the events of it", HOLD, e);
    }
  }

  /** Saves the history of all that is on disk: a state that a power loss undoes is none. */
  synchronized void save() {
    history.saveUpTo(log.durableSequence());
    hold();
  }

  private synchronized void hold() {
    long wanted = Math.max(history.savedTo() + 1, log.floorSequence());
    if (wanted == held) {
      return;
    }
    try {
      log.holds().put(HOLD, wanted, "the runs' history has not counted it");
      held = wanted;
    } catch (RingfoldException e) {
      LOG.warn("Cannot move the hold '{}' to sequence {}; it is tried again", HOLD, wanted, e);
    }
  }

  @Override
  public synchronized void run() {
    try {
      while (!ended) {
        wait(INTERVAL_MILLIS);
        if (!ended) {
          saveLater();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Nobody does; the hold stays where it is.
    }
  }

  private synchronized void saveLater() {
    if (log.health().state() == HealthState.CLOSED) {
      ended = true; // Before its loggers were: the store may be somebody else's by now.
      return;
    }
    try {
      save();
    } catch (RingfoldException | IllegalStateException e) {
      LOG.warn("The runs' history could not be saved; it is tried again", e);
    }
  }
}
