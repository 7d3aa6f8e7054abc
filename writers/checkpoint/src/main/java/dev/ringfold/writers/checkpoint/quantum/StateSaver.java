// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendRejectedException;
import dev.ringfold.DiskFullException;
import dev.ringfold.EventLog;
import dev.ringfold.LogClosedException;
import dev.ringfold.Producer;
import dev.ringfold.Receipt;
import dev.ringfold.RingfoldException;
import dev.ringfold.Stream;
import dev.ringfold.UnitOfWork;
import dev.ringfold.UnitTooLargeException;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.event.QuantumStateSaved;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.internal.save.Collector;
import dev.ringfold.writers.checkpoint.internal.save.OldestHold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that saves states, and the way to it. Thread-safe. */
final class StateSaver {
  private static final Logger LOG = LoggerFactory.getLogger(StateSaver.class);

  /** For an acknowledgement; a disk that takes longer has failed. */
  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(60);

  private final EventLog log;
  private final StateRegistry registry;
  private final Collector collector;
  private final OldestHold hold;
  private final SaveQueue queue;
  private final @Nullable ChunkWriter chunks;
  private final StateWriter writer;
  private final Producer producer;
  private final Stream stream;
  private final Thread thread;
  private final AtomicLong saved = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicReference<@Nullable StateSaveFailedException> failure =
      new AtomicReference<>();
  private volatile String lastFailure = "";

  StateSaver(
      QuantumStoreBuilder builder,
      EventLog log,
      StateRegistry registry,
      Collector collector,
      OldestHold hold) {
    this.log = log;
    this.registry = registry;
    this.collector = collector;
    this.hold = hold;
    this.queue = new SaveQueue(builder.maxWaitingBytes);
    ChunkWriter ours = builder.tensors == null ? new ChunkWriter() : null;
    this.chunks = ours;
    StateWriter.TensorWriter target = builder.tensors;
    this.writer =
        new StateWriter(
            builder.policy,
            builder.mps,
            builder.codec,
            builder.compressFromBytes,
            target != null ? target : java.util.Objects.requireNonNull(ours)::write);
    this.producer = log.producer("quantum");
    this.stream = log.stream(QuantumStore.STREAM);
    this.thread = new Thread(this::run, "ringfold-quantum");
    thread.setDaemon(true);
    thread.start();
  }

  CompletableFuture<List<SavedState>> save(List<QuantumState> states, long timeoutNanos) {
    throwFailure();
    states.forEach(writer::check);
    if (states.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    if (states.size() > SaveQueue.MAX_STATES) {
      throw new IllegalArgumentException(
          "At most "
              + SaveQueue.MAX_STATES
              + " states are saved together but these are "
              + states.size()
              + ". Save them in several groups.");
    }
    SaveQueue.Job job = SaveQueue.Job.of(states);
    queue.put(job, timeoutNanos);
    return job.future();
  }

  private void run() {
    for (SaveQueue.Job job = queue.take(); job != null; job = queue.take()) {
      try {
        List<SavedState> done = save(job.states());
        saved.addAndGet(done.size());
        queue.done(job);
        job.future().complete(done);
      } catch (RuntimeException | Error e) {
        fail(job, e);
      }
    }
  }

  private void fail(SaveQueue.Job job, Throwable cause) {
    failed.addAndGet(job.states().size());
    String message =
        "The state '"
            + job.states().get(0).id()
            + "'"
            + (job.states().size() == 1 ? "" : " and " + (job.states().size() - 1) + " others")
            + " could not be saved: "
            + (cause.getMessage() == null ? cause.toString() : cause.getMessage());
    lastFailure = message;
    failure.set(new StateSaveFailedException(message, cause));
    LOG.error("{}", message, cause);
    queue.done(job);
    job.future().completeExceptionally(cause);
  }

  private List<SavedState> save(List<QuantumState> states) {
    BlobSet set = log.blobs().begin(Collector.SET_LABEL + " quantum states");
    boolean committed = false;
    try {
      List<SavedState> versions = save(states, set);
      committed = true;
      release(set);
      registry.refresh();
      hold.update();
      return versions;
    } finally {
      if (!committed) {
        collector.abandon(set);
      }
    }
  }

  private List<SavedState> save(List<QuantumState> states, BlobSet set) {
    List<QuantumStateSaved> events = new ArrayList<>();
    for (QuantumState state : states) {
      events.add(writer.write(set, state));
    }
    set.force();
    FaultPoint.hit("checkpoint.forced");
    UnitOfWork unit = producer.unitOfWork();
    events.forEach(event -> unit.add(stream, event));
    Receipt receipt = commit(unit);
    FaultPoint.hit("checkpoint.appended");
    return versions(events, receipt);
  }

  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RingfoldException | IllegalStateException e) {
      LOG.warn("The space of a state that was not saved may only be freed by the next open", e);
    }
  }

  /** The states are committed, whatever comes now. */
  private static void release(BlobSet set) {
    attempt(set::release);
    FaultPoint.hit("checkpoint.released");
  }

  private Receipt commit(UnitOfWork unit) {
    boolean known = false;
    try {
      Receipt receipt = unit.commitAndAwait(AckLevel.DISK, ACK_TIMEOUT).receipt();
      known = true;
      return receipt;
    } catch (UnitTooLargeException | DiskFullException | AppendRejectedException e) {
      known = true;
      throw e;
    } finally {
      if (!known) {
        collector.block("whether a state was saved is not known before the store is opened again");
      }
    }
  }

  private static List<SavedState> versions(List<QuantumStateSaved> events, Receipt receipt) {
    Instant time =
        Instant.ofEpochSecond(
            TimeUnit.NANOSECONDS.toSeconds(receipt.logTimeNanos()),
            receipt.logTimeNanos() % TimeUnit.SECONDS.toNanos(1));
    List<SavedState> versions = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      versions.add(SavedState.of(receipt.firstSequence() + i, time, events.get(i)));
    }
    return versions;
  }

  /** Throws what failed in the background since the last call, once. */
  void throwFailure() {
    StateSaveFailedException earlier = failure.getAndSet(null);
    if (earlier != null) {
      throw earlier;
    }
  }

  boolean await(long timeoutNanos) {
    return queue.awaitEmpty(timeoutNanos);
  }

  /** Lets the thread finish what waits. */
  void close(long timeoutNanos) {
    queue.close();
    boolean drained = queue.awaitEmpty(timeoutNanos);
    if (!drained) {
      RingfoldException late =
          new LogClosedException("The quantum store was closed before the state was saved.");
      for (SaveQueue.Job job = queue.poll(); job != null; job = queue.poll()) {
        fail(job, late);
      }
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    producer.handOver();
    producer.close();
    if (chunks != null) {
      chunks.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  int waiting() {
    return queue.states();
  }

  long waitingBytes() {
    return queue.bytes();
  }

  long saved() {
    return saved.get();
  }

  long failed() {
    return failed.get();
  }

  String lastFailure() {
    return lastFailure;
  }
}
