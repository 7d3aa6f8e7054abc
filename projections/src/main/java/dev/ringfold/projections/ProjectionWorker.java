// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.LogFailedException;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.event.Event;
import dev.ringfold.event.HealthState;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one projection. It lives through any number of {@link ProjectionDriver}s: a pause,
 * a reset or a failure of the world ends one, and the next begins at the newest commit.
 *
 * <p>Orders of other threads run in this thread while no driver is open, so nothing that is not
 * permanent exists when they do.
 */
final class ProjectionWorker implements Runnable, Surroundings {
  private static final Logger LOG = LoggerFactory.getLogger(ProjectionWorker.class);
  private static final int BATCH = 1_024;
  private static final long PARK_NANOS_ORDERS = 100_000_000L;
  private static final Duration DURABLE_STEP = Duration.ofMillis(100);

  private final EventLog log;
  private final Journal journal;
  private final Projection projection;
  private final FailurePolicy policy;
  private final WorkerContext context;
  private final Facts facts;
  private final RetentionHold hold;
  private final LetterCount letters;
  private final ControlFiles control;
  private final WorkerOrders orders;
  private final WorkerBuild build;
  private final TickRequests ticks;
  private final FailureCount failures = new FailureCount();
  private final Thread thread;

  private volatile ProjectionState state = ProjectionState.CATCHING_UP;
  private volatile String failure = "";
  private volatile long committedSequence = -1;
  private volatile @Nullable ProjectionDriver current;
  private volatile boolean paused;
  private volatile boolean closing;
  private volatile long closeDeadlineNanos;
  private volatile long lastApplied = -1;
  private volatile long lastLogTimeNanos;

  ProjectionWorker(
      EventLog log,
      Projection projection,
      FailurePolicy policy,
      WorkerContext context,
      Facts facts,
      ControlFiles control) {
    this.log = log;
    this.journal = Journal.of(log);
    this.projection = projection;
    this.policy = policy;
    this.context = context;
    this.facts = facts;
    this.control = control;
    this.letters = new LetterCount(log.directory(), projection.name());
    this.paused = control.isPaused(projection.name());
    this.orders = new WorkerOrders(projection.name());
    this.hold = new RetentionHold(log, projection);
    this.ticks = new TickRequests(log);
    this.build = new WorkerBuild(log, projection, context, hold, this);
    this.thread = new Thread(this, "ringfold-projection-" + projection.name());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  String name() {
    return projection.name();
  }

  /** Last event consumed. */
  long applied() {
    ProjectionDriver driver = current;
    return driver == null ? lastApplied : driver.applied();
  }

  ProjectionState state() {
    return state;
  }

  String failure() {
    return failure;
  }

  /** Makes it look at the journal now rather than in a few milliseconds. */
  void wake() {
    LockSupport.unpark(thread);
  }

  ProjectionStatus status() {
    long applied = applied();
    ProjectionDriver driver = current;
    long logTime = driver == null ? lastLogTimeNanos : driver.lastLogTimeNanos();
    long lag = Math.max(0, log.lastSequence() - applied);
    Instant now = log.logTime();
    long nowNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    double lagSeconds = lag == 0 || logTime == 0 ? 0 : Math.max(0, nowNanos - logTime) / 1e9;
    return new ProjectionStatus(
        projection.name(),
        projection.version(),
        state,
        applied,
        committedSequence,
        lag,
        lagSeconds,
        letters.open(),
        failure);
  }

  /** Runs an order in the worker's thread, between two lives of the projection. */
  CompletableFuture<Void> order(WorkerOrders.Order order) {
    CompletableFuture<Void> done = orders.add(order);
    haltDriver();
    return done;
  }

  /** Order: wait until {@link #resume}. */
  void pause() {
    control.paused(name(), true);
    paused = true;
    state = ProjectionState.PAUSED;
  }

  /** Order: go on, also after a failure. */
  void resume() {
    control.paused(name(), false);
    paused = false;
    failures.forget();
    failure = "";
    state = ProjectionState.CATCHING_UP;
  }

  /** Order: delete the output and begin anew; refused when it could not be made again whole. */
  void reset() throws IOException {
    context.prepare(projection);
    context.requireReplaceable(projection, journal);
    hold.need(0).move();
    context.requireReplaceable(projection, journal); // Retention may have come before the hold.
    context.reset(projection);
    FaultPoint.hit("projection.reset.done");
    committedSequence = -1;
    lastApplied = -1;
    if (!paused) {
      resume();
    }
  }

  /** Order: make the output again with this instance, which takes nothing else meanwhile. */
  void rebuildHere(CompletableFuture<Void> done) {
    if (paused) {
      throw new ProjectionFailedException("Projection " + name() + " is paused; resume it first");
    }
    build.want(done);
    if (state == ProjectionState.FAILED) {
      resume();
    }
  }

  /** Order: go back to the output before the present one. */
  void rollBack() throws IOException {
    if (OutputRebuild.rollBack(projection, context, control, journal).paused()) {
      paused = true;
    }
    exchanged();
  }

  /** Its output was exchanged for another generation; in this thread. */
  void exchanged() {
    if (state == ProjectionState.FAILED && !paused) {
      resume();
    }
    lookAtOutput();
  }

  WorkerContext context() {
    return context;
  }

  /** Order: the newest commit it would open at. */
  Position standsAt() throws IOException {
    context.prepare(projection);
    return PositionChoice.choose(projection, projection.committed(context), journal);
  }

  /** Tells the thread to end; {@link #join} waits for it. */
  void close(long deadlineNanos) {
    closeDeadlineNanos = deadlineNanos;
    closing = true;
    haltDriver();
  }

  /** Whether the thread has ended in time. */
  boolean join() throws InterruptedException {
    long left = closeDeadlineNanos - System.nanoTime();
    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
    return !thread.isAlive();
  }

  /** For a thread that does not end: something in the projection waits for ever. */
  void interrupt() {
    thread.interrupt();
  }

  private void haltDriver() {
    build.halt();
    ProjectionDriver driver = current;
    if (driver != null) {
      driver.halt();
    }
    wake();
  }

  @Override
  public void run() {
    try {
      if (paused) {
        state = ProjectionState.PAUSED;
        lookAtOutput();
      }
      while (!closing) {
        orders.carryOut();
        if (paused) {
          state = ProjectionState.PAUSED;
        }
        if (paused || state == ProjectionState.FAILED) {
          if (orders.isEmpty() && !closing) {
            LockSupport.parkNanos(this, PARK_NANOS_ORDERS);
          }
        } else if (!closing) {
          liveOn();
        }
      }
    } finally {
      state = ProjectionState.STOPPED;
      orders.close();
      build.close();
    }
  }

  /** So that the status of one that is not open says where it stands. */
  private void lookAtOutput() {
    try {
      Position position = standsAt();
      committedSequence = position.sequence();
      lastApplied = position.sequence();
      hold.need(position.sequence() + 1).move();
      letters.begin(position, journal, () -> closing);
    } catch (IOException | RuntimeException e) {
      LOG.warn("Projection {} is not open, and its output cannot be looked at", name(), e);
    }
  }

  /** Whatever happens, the thread stays, and says what happened. */
  private void liveOn() {
    try {
      live();
    } catch (RuntimeException | Error e) {
      fail(e.toString(), e);
    }
  }

  private void live() {
    state = ProjectionState.CATCHING_UP;
    try {
      build.makeIfDue(() -> closing || !orders.isEmpty());
      drive();
    } catch (DriveStopped stopped) {
      LOG.debug("Projection {} ends without a commit", name());
    } catch (OutputFailure e) {
      worldFailed(e.failure());
    } catch (LogFailedException
        | ProjectionFailedException
        | CorruptJournalException
        | SegmentRetiredException e) {
      fail(String.valueOf(e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      worldFailed(e);
    } catch (Error e) {
      fail(e.toString(), e);
    }
  }

  private void drive() throws IOException {
    ProjectionDriver driver = new ProjectionDriver(projection, context, journal, this);
    current = driver;
    if (closing || !orders.isEmpty()) {
      driver.halt(); // Whoever came before could not.
    }
    try (driver) {
      try {
        driver.open();
        opened(driver);
        follow(driver);
      } catch (DriveStopped stopped) {
        LOG.debug("Projection {} leaves a batch", name());
      }
      driver.commitIfClean();
    } finally {
      lastLogTimeNanos = driver.lastLogTimeNanos();
      lastApplied = driver.committed().sequence();
      current = null;
      letters.save(driver.consumed());
      hold.applied(driver.applied()).move();
    }
  }

  private void opened(ProjectionDriver driver) {
    committedSequence = driver.committed().sequence();
    hold.need(committedSequence + 1).move();
    letters.begin(driver.committed(), journal, driver::isHalted);
    ticks.begin();
    FaultPoint.hit("projection.opened");
  }

  private void follow(ProjectionDriver driver) {
    IdlePark park = new IdlePark();
    while (!driver.isHalted()) {
      int count = driver.poll(BATCH);
      if (count == BATCH) {
        continue;
      }
      if (state != ProjectionState.RUNNING) {
        state = ProjectionState.RUNNING;
        failure = "";
      }
      long now = System.nanoTime();
      driver.refreshIfDue(now);
      hold.applied(driver.applied()).moveIfDue(now);
      build.sweepIfDue(now);
      if (count > 0) {
        park.found();
        continue;
      }
      ticks.request(driver.tickAtNanos());
      if (log.health().state() == HealthState.FAILED && log.lastSequence() <= driver.applied()) {
        throw new LogFailedException(
            "The log has failed ("
                + log.health().reason()
                + "); projection "
                + name()
                + " has read what there is. Close and open the log");
      }
      park.park(this);
    }
  }

  @Override
  public void awaitPermanent(long sequence) {
    while (!log.awaitDurable(sequence, DURABLE_STEP)) {
      boolean late = closing && System.nanoTime() - closeDeadlineNanos > 0;
      if (late || Thread.currentThread().isInterrupted()) {
        throw new DriveStopped();
      }
    }
  }

  @Override
  public boolean retry(EventView event, int attempt, Exception cause) {
    if (attempt > policy.retries()) {
      return false;
    }
    failure = "trying event " + event.sequence() + " again after attempt " + attempt + ": " + cause;
    LOG.warn("Projection {}: event {}, attempt {}", name(), event.sequence(), attempt, cause);
    backOff(policy.backoffNanos(attempt));
    failure = "";
    return true;
  }

  @Override
  public void giveUp(long sequence, long consuming, int attempts, Exception cause) {
    if (policy instanceof FailurePolicy.RetryThenDeadLetter) {
      facts.deadLetter(name(), sequence, consuming, attempts, cause);
      FaultPoint.hit("projection.deadLetter.appended");
      LOG.error("Projection {} put event {} aside", name(), sequence, cause);
      return;
    }
    throw ProjectionFailedException.cannotTake(name(), sequence, consuming, attempts, cause);
  }

  @Override
  public void committed(Position position) {
    committedSequence = position.sequence();
    failures.forget();
    hold.need(position.sequence() + 1);
    long now = System.nanoTime();
    hold.moveIfDue(now);
    letters.saveIfDue(position, now);
  }

  @Override
  public void consumedFact(long sequence, Event fact) {
    letters.consumed(sequence, fact);
  }

  /** Waits; leaves by {@link DriveStopped} when the worker has something else to do. */
  private void backOff(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      if (closing || !orders.isEmpty()) {
        throw new DriveStopped();
      }
      LockSupport.parkNanos(this, left);
    }
  }

  private void worldFailed(Exception cause) {
    int count = failures.next();
    if (count > policy.retries()) {
      fail("failed " + count + " times: " + cause + ". Mend the cause and resume it", cause);
      return;
    }
    failure = "beginning again after failure " + count + ": " + cause;
    LOG.warn("Projection {} begins again at its newest commit", name(), cause);
    try {
      backOff(policy.backoffNanos(count));
    } catch (DriveStopped stopped) {
      LOG.debug("Projection {} has other things to do", name());
    }
  }

  private void fail(String text, Throwable cause) {
    failure = text;
    state = ProjectionState.FAILED;
    LOG.error("Projection {} stopped: {}", name(), text, cause);
  }
}
