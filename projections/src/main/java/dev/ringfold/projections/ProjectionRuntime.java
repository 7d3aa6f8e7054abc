// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.EventSkipped;
import dev.ringfold.event.TableCompacted;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs projections over an open log, each in a thread of its own, {@code ringfold-projection-} and
 * its name. Workers only tail: however slow one is, producers never wait for it.
 *
 * <pre>{@code
 * try (EventLog log = EventLog.open(directory);
 *     ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(projection).start()) {
 *   long sequence = producer.appendAndAwait(stream, event, AckLevel.JOURNAL).firstSequence();
 *   runtime.awaitApplied(projection.name(), sequence, Duration.ofSeconds(10));
 * }
 * }</pre>
 *
 * <p>A log has one runtime at a time: add all projections to it. Nothing permanent is made from a
 * sequence above the log's durable one. A projection that fails does not touch the log or the
 * others. Close the runtime before the log. Thread-safe.
 */
public final class ProjectionRuntime implements AutoCloseable {
  /** Most projections of one runtime. */
  public static final int MAX_PROJECTIONS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(ProjectionRuntime.class);
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]{0,63}");
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final long AWAIT_PARK_NANOS = 200_000L;

  private final EventLog log;
  private final Facts facts;
  private final ControlThread control;
  private final LiveRebuilds rebuilds;
  private final Map<String, ProjectionWorker> workers;
  private final Duration closeTimeout;
  private boolean closed;

  private ProjectionRuntime(Builder builder) {
    this.log = builder.log;
    Path outputs = Objects.requireNonNullElse(builder.outputs, log.directory().resolve("outputs"));
    Path snapshots = log.directory().resolve("snapshots");
    this.facts = new Facts(log, Facts.STREAM);
    ControlFiles files = new ControlFiles(log.directory());
    this.closeTimeout = builder.closeTimeout;
    this.workers = new LinkedHashMap<>();
    builder.added.forEach(
        (name, added) ->
            workers.put(
                name,
                new ProjectionWorker(
                    log,
                    added.projection,
                    added.policy,
                    new WorkerContext(log.storeId(), log.forkedFrom(), outputs, snapshots, name),
                    facts,
                    files)));
    this.rebuilds = new LiveRebuilds(log, builder.factories);
    this.control = new ControlThread(log, this, files);
  }

  private void start() {
    control.start();
    workers.values().forEach(ProjectionWorker::start);
  }

  /** Begins a runtime over an open log. */
  public static Builder builder(EventLog log) {
    return new Builder(log);
  }

  /** How all projections are, in the order they were added. */
  public List<ProjectionStatus> status() {
    return workers.values().stream().map(ProjectionWorker::status).toList();
  }

  /**
   * How a projection is.
   *
   * @throws IllegalArgumentException when there is none of this name
   */
  public ProjectionStatus status(String name) {
    return worker(name).status();
  }

  /**
   * Waits until a projection has consumed a sequence, so that a reader of its memory sees the
   * event; whether its output shows it is up to the projection's commits and refreshes.
   *
   * @return false when the timeout passed first
   * @throws ProjectionFailedException when the projection failed or its runtime was closed
   */
  public boolean awaitApplied(String name, long sequence, Duration timeout) {
    ProjectionWorker worker = worker(name);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (worker.applied() < sequence) {
      ProjectionState state = worker.state();
      if (state == ProjectionState.FAILED || state == ProjectionState.STOPPED) {
        if (worker.applied() >= sequence) {
          return true;
        }
        throw new ProjectionFailedException(
            "Projection "
                + name
                + " will not come to sequence "
                + sequence
                + ": it is "
                + state
                + (worker.failure().isEmpty() ? "" : ", " + worker.failure()));
      }
      if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
        return false;
      }
      worker.wake();
      LockSupport.parkNanos(this, AWAIT_PARK_NANOS);
    }
    return true;
  }

  /** Makes a projection wait until {@link #resume}, also after a restart. */
  public void pause(String name) {
    ProjectionWorker worker = worker(name);
    order(worker, worker::pause);
  }

  /** Makes a paused or failed projection go on at its newest commit. */
  public void resume(String name) {
    ProjectionWorker worker = worker(name);
    order(worker, worker::resume);
  }

  /**
   * Deletes a projection's output and makes it again from the journal's begin. What was skipped or
   * put aside stays so. {@link #rebuild} keeps the old output until there is a new one.
   *
   * @throws dev.ringfold.SegmentRetiredException when the output has what the journal no longer
   *     holds; nothing was deleted
   */
  public void reset(String name) {
    ProjectionWorker worker = worker(name);
    order(worker, worker::reset);
  }

  /**
   * Makes a projection go on without an event; a fact in the journal, so a rebuild leaves it out
   * too. A projection that stopped at the event has to be resumed afterwards.
   *
   * @param sequence of the event, above the projection's newest commit; for a dead letter that was
   *     tried again, the sequence the status names
   * @param reason for people
   * @throws ProjectionFailedException when the event is part of the output already
   */
  public void skip(String name, long sequence, String reason) {
    ProjectionWorker worker = worker(name);
    order(
        worker,
        () -> {
          Position position = worker.standsAt();
          if (sequence <= position.sequence()) {
            throw new ProjectionFailedException(
                "Projection "
                    + name
                    + " has committed sequence "
                    + position.sequence()
                    + " already; "
                    + sequence
                    + " cannot be skipped any more. Reset the projection"
                    + " to make its output again");
          }
          facts.store(new EventSkipped(sequence, name, reason), name + "/" + sequence + "/skipped");
        });
  }

  /**
   * Gives a dead letter to its projection again, at the place in the journal where this order is
   * stored; {@link #awaitApplied} of the log's last sequence waits for it.
   *
   * @throws ProjectionFailedException when the event is no open letter of the projection
   */
  public void retry(String name, long sequence) {
    DeadLetters.resolve(log, facts, worker(name).name(), sequence, true);
  }

  /**
   * Decides to do without a dead letter for good.
   *
   * @throws ProjectionFailedException when the event is no open letter of the projection
   */
  public void drop(String name, long sequence) {
    DeadLetters.resolve(log, facts, worker(name).name(), sequence, false);
  }

  /**
   * Orders that what a table has sealed is rewritten into fewer files; a fact in the journal, so a
   * rebuild does the same at the same place. {@link #awaitApplied} of the log's last sequence waits
   * for it. A projection without files ignores it.
   *
   * @param upTo parts that end at or below this sequence are rewritten
   */
  public void compact(String name, long upTo) {
    // The same order later is another one: there is more to compact by then.
    String key = name + "/" + upTo + "/" + log.lastSequence() + "/compacted";
    facts.store(new TableCompacted(upTo, worker(name).name()), key);
  }

  /**
   * Makes a projection's output again from the journal's begin, beside the one in use, which is
   * replaced by one rename when the new one has caught up. Readers keep what they have open. One
   * that was added with {@link Builder#add(Supplier)} goes on meanwhile; another one waits. A
   * rebuild that was stopped or killed goes on where it was when it is called again.
   *
   * @return ends when the new output is in use; with an exception when the old one stays, such as
   *     {@link dev.ringfold.SegmentRetiredException} when the journal no longer has all events
   * @throws ProjectionFailedException when one is running already
   */
  public CompletableFuture<Void> rebuild(String name) {
    return rebuilds.start(worker(name));
  }

  /**
   * Puts the output back that was in use before the last rebuild, as long as it is there; the
   * projection goes on at that output's newest commit. If it is of another version, the projection
   * is paused: resumed, it would make its own again.
   *
   * @throws ProjectionFailedException when there is none, or none that the journal continues
   */
  public void rollBack(String name) {
    ProjectionWorker worker = worker(name);
    rebuilds.requireNone(name);
    order(worker, worker::rollBack);
  }

  /**
   * Carries out an order, as if its own method had been called.
   *
   * @throws ProjectionFailedException when it cannot be carried out
   * @throws IllegalArgumentException when there is no such projection
   */
  public void execute(ControlRequest request) {
    String name = request.projection();
    switch (request.command()) {
      case PAUSE -> pause(name);
      case RESUME -> resume(name);
      case RESET -> reset(name);
      case SKIP -> skip(name, request.sequence(), request.reason());
      case RETRY -> retry(name, request.sequence());
      case DROP -> drop(name, request.sequence());
      case COMPACT -> compact(name, request.sequence());
      case REBUILD -> rebuild(name).join();
      case ROLLBACK -> rollBack(name);
    }
  }

  /**
   * Closes the projections, without making anything permanent that would not be so anyway. Waits at
   * most for the timeout given to the builder. A second call does nothing.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    long deadline = System.nanoTime() + closeTimeout.toNanos();
    rebuilds.close();
    workers.values().forEach(worker -> worker.close(deadline));
    boolean interrupted = false;
    for (ProjectionWorker worker : workers.values()) {
      try {
        if (!worker.join()) {
          LOG.error(
              "Projection {} did not end within {}; it is left behind",
              worker.name(),
              closeTimeout);
          worker.interrupt();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        worker.interrupt();
      }
    }
    try {
      rebuilds.join(deadline);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    interrupted |= endControl(deadline);
    facts.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it was interrupted meanwhile. */
  private boolean endControl(long deadline) {
    boolean interrupted = false;
    try {
      control.close(deadline);
      control.writeStatus();
    } catch (IOException | RingfoldException e) {
      LOG.warn("The status of the projections is not written", e);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    try {
      control.leave();
    } catch (IOException e) {
      LOG.warn("The lock of the control directory is given up only by the process's end", e);
    }
    return interrupted;
  }

  private ProjectionWorker worker(String name) {
    ProjectionWorker worker = workers.get(name);
    if (worker == null) {
      throw new IllegalArgumentException(
          "There is no projection '" + name + "'; there are " + workers.keySet());
    }
    return worker;
  }

  private static void order(ProjectionWorker worker, WorkerOrders.Order order) {
    WorkerOrders.await(worker.name(), worker.order(order));
  }

  /** Says what to run. Not thread-safe. */
  public static final class Builder {
    private final EventLog log;
    private final Map<String, Added> added = new LinkedHashMap<>();
    private final Map<String, Supplier<? extends Projection>> factories = new HashMap<>();
    private @Nullable Path outputs;
    private Duration closeTimeout = CLOSE_TIMEOUT;

    private record Added(Projection projection, FailurePolicy policy) {}

    private Builder(EventLog log) {
      this.log = log;
    }

    /**
     * Where outputs lie; {@code outputs/} in the store by default. The directory may be missing.
     */
    public Builder outputs(Path directory) {
      outputs = directory.toAbsolutePath().normalize();
      return this;
    }

    /** How long {@link ProjectionRuntime#close} waits for the workers; 10 seconds by default. */
    public Builder closeTimeout(Duration timeout) {
      closeTimeout = timeout;
      return this;
    }

    /** Adds a projection with {@link FailurePolicy#standard}. */
    public Builder add(Projection projection) {
      return add(projection, FailurePolicy.standard());
    }

    /**
     * Adds a projection.
     *
     * @throws IllegalArgumentException when its name is unusable or taken
     */
    public Builder add(Projection projection, FailurePolicy policy) {
      String name = projection.name();
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "a projection's name has 1 to 64 of the characters a-z 0-9 . _ - and begins with a"
                + " letter, but was '"
                + name
                + "'");
      }
      if (projection.version() < 1) {
        throw new IllegalArgumentException(
            "the version of projection " + name + " must be >= 1 but was " + projection.version());
      }
      if (added.size() >= MAX_PROJECTIONS) {
        throw new IllegalArgumentException("a runtime takes at most " + MAX_PROJECTIONS);
      }
      if (added.putIfAbsent(name, new Added(projection, policy)) != null) {
        throw new IllegalArgumentException("there are two projections named '" + name + "'");
      }
      return this;
    }

    /**
     * Adds a projection of which there can be a second instance, so that it can be rebuilt while it
     * goes on.
     *
     * @param factory makes one that is not open, each time another
     */
    public Builder add(Supplier<? extends Projection> factory) {
      Projection first = factory.get();
      add(first);
      factories.put(first.name(), factory);
      return this;
    }

    /** Adds a process with {@link FailurePolicy#standard}. */
    public Builder add(EventProcess process) {
      return add(process, FailurePolicy.standard());
    }

    /**
     * Adds a process.
     *
     * @throws IllegalArgumentException when its name is unusable or taken
     */
    public Builder add(EventProcess process, FailurePolicy policy) {
      return add(new ProcessProjection(process, log), policy);
    }

    /** The names added so far, in order. */
    public List<String> names() {
      return new ArrayList<>(added.keySet());
    }

    /**
     * Starts a worker for each.
     *
     * @throws ProjectionFailedException when another runtime is at work over this log
     */
    public ProjectionRuntime start() {
      ProjectionRuntime runtime = new ProjectionRuntime(this);
      runtime.start();
      return runtime;
    }
  }
}
