// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLogReader;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.OutputRebuild.Rebuilt;
import dev.ringfold.projections.OutputRebuild.RolledBack;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionFailedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds projections of a store whose projections no process runs; the log may be written
 * meanwhile. Each output is made beside the one in use and switched to by one rename when it is
 * complete. One that was stopped or killed goes on where it was.
 *
 * <pre>{@code
 * List<Rebuilt> done = Rebuild.of(Path.of("runs")).projection("metrics").run(2);
 * }</pre>
 *
 * <p>Belongs to one thread.
 */
public final class Rebuild {
  /** Most projections that are rebuilt at one time. */
  public static final int MAX_WORKERS = 64;

  private final Path store;
  private final Map<String, Optional<Supplier<? extends Projection>>> wanted =
      new LinkedHashMap<>();
  private final Clock clock;
  private Path outputs;
  private @Nullable Duration keep;
  private Progress progress = (projection, sequence) -> true;

  private Rebuild(Path store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.outputs = store.resolve("outputs");
  }

  /** Is told how far each rebuild is, by its thread, and may end it. */
  @FunctionalInterface
  public interface Progress {
    /**
     * A batch was consumed.
     *
     * @return false to stop; the next rebuild goes on there
     */
    boolean consumed(String projection, long sequence);
  }

  /** Begins to say what is to be rebuilt; all projections that have an output unless named. */
  public static Rebuild of(Path store) {
    return new Rebuild(store.toAbsolutePath().normalize(), Clock.systemUTC());
  }

  /** Rebuilds a projection that {@link KnownProjections} knows. */
  public Rebuild projection(String name) {
    wanted.put(name, Optional.empty());
    return this;
  }

  /** Rebuilds a projection of the caller's. */
  public Rebuild projection(String name, Supplier<? extends Projection> factory) {
    wanted.put(name, Optional.of(factory));
    return this;
  }

  /** Where the outputs are; {@code outputs/} in the store by default. */
  public Rebuild outputs(Path directory) {
    outputs = directory.toAbsolutePath().normalize();
    return this;
  }

  /** How long an output that is replaced stays; ten minutes by default, and never less. */
  public Rebuild keep(Duration time) {
    keep = time;
    return this;
  }

  /** Who is told how far it is. */
  public Rebuild progress(Progress listener) {
    progress = listener;
    return this;
  }

  /**
   * Rebuilds.
   *
   * @param workers threads, each with one projection at a time
   * @return what was done, in the order the projections were named
   * @throws ProjectionFailedException when a process runs the store's projections, or one refuses
   *     an event; the outputs it is about stay as they are
   * @throws dev.ringfold.SegmentRetiredException when the journal no longer has all events
   */
  public List<Rebuilt> run(int workers) throws IOException {
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException(
          "workers must be 1 to " + MAX_WORKERS + " but was " + workers);
    }
    Path snapshots = store.resolve("snapshots");
    Instant keepUntil = keep == null ? null : clock.instant().plus(keep);
    Closeable place = OutputRebuild.alone(store);
    try (EventLogReader log = EventLogReader.open(store, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs)) {
      List<Projection> projections = projections(known, snapshots);
      ExecutorService threads = Executors.newFixedThreadPool(workers);
      try {
        List<Future<Rebuilt>> running = new ArrayList<>();
        for (Projection projection : projections) {
          running.add(
              threads.submit(
                  () ->
                      OutputRebuild.run(
                          log,
                          projection,
                          outputs,
                          snapshots,
                          keepUntil,
                          sequence ->
                              !Thread.currentThread().isInterrupted()
                                  && progress.consumed(projection.name(), sequence))));
        }
        return results(running);
      } finally {
        threads.shutdownNow();
        awaitEnd(threads);
      }
    } finally {
      place.close();
    }
  }

  private List<Projection> projections(KnownProjections known, Path snapshots) throws IOException {
    List<Projection> projections = new ArrayList<>();
    if (wanted.isEmpty()) {
      for (String name : known.present(snapshots)) {
        projections.add(known.make(name));
      }
      return projections;
    }
    for (String name : wanted.keySet()) {
      projections.add(make(name, known));
    }
    return projections;
  }

  private Projection make(String name, KnownProjections known) throws IOException {
    Optional<Supplier<? extends Projection>> own = wanted.getOrDefault(name, Optional.empty());
    return own.isPresent() ? own.get().get() : known.make(name);
  }

  private static List<Rebuilt> results(List<Future<Rebuilt>> running) throws IOException {
    List<Rebuilt> done = new ArrayList<>();
    for (Future<Rebuilt> each : running) {
      try {
        done.add(each.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException io) {
          throw io;
        }
        if (e.getCause() instanceof RuntimeException unchecked) {
          throw unchecked;
        }
        throw new ProjectionFailedException("A rebuild failed: " + e.getCause(), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ProjectionFailedException(
            "The rebuild was interrupted; the next one goes on where it was", e);
      }
    }
    return done;
  }

  /** The store may not be closed under a rebuild. */
  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        if (threads.awaitTermination(1, TimeUnit.SECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Puts the output before the present one back.
   *
   * @throws java.nio.file.NoSuchFileException when there is none any more
   */
  public RolledBack rollBack(String name) throws IOException {
    Closeable place = OutputRebuild.alone(store);
    try (EventLogReader log = EventLogReader.open(store, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs)) {
      return OutputRebuild.rollBack(log, make(name, known), outputs, store.resolve("snapshots"));
    } finally {
      place.close();
    }
  }
}
