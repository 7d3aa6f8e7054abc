// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code ringfold-projections-control}: takes the orders of other processes and tells
 * them how the projections are.
 */
final class ControlThread implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
  private static final long STATUS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long ANSWER_KEPT_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** A temporary file that is older has no process any more. */
  private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

  private static final int MAX_ANSWERS = 1_000;

  private record Answer(String id, String suffix, long nanos) {}

  private final EventLog log;
  private final ProjectionRuntime runtime;
  private final ControlFiles files;
  private final Thread thread;
  private final Map<String, CompletableFuture<Void>> rebuilds = new HashMap<>();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final long session;
  private String written = "";
  private long writtenNanos = System.nanoTime() - STATUS_INTERVAL_NANOS;
  private @Nullable FileChannel place;
  private volatile boolean closing;

  ControlThread(EventLog log, ProjectionRuntime runtime, ControlFiles files) {
    this.log = log;
    this.runtime = runtime;
    this.files = files;
    this.session = log.stats().session();
    this.thread = new Thread(this, "ringfold-projections-control");
    thread.setDaemon(true);
  }

  /**
   * Begins to serve.
   *
   * @throws ProjectionFailedException when another runtime serves this store
   */
  void start() {
    try {
      place = files.serve(FileTime.from(log.logTime().minus(ABANDONED_AFTER)));
    } catch (IOException e) {
      throw FileFailure.of("cannot lock", log.directory().resolve(ControlFiles.DIRECTORY), e);
    }
    try {
      clear();
    } catch (RuntimeException e) {
      leaveAfter(e);
      throw e;
    }
    thread.start();
  }

  /** Nobody serves, so another runtime of this process may. */
  private void leaveAfter(RuntimeException failure) {
    try {
      leave();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** What another runtime left: answers, and orders that it did not take. */
  private void clear() {
    for (String suffix : List.of(ControlFiles.DONE, ControlFiles.FAILED)) {
      for (String id : files.idsOf(suffix)) {
        files.delete(id, suffix);
      }
    }
    // Who sent it may be long gone, and what it orders may no longer be wanted.
    for (String id : files.waiting()) {
      if (files.delete(id, ControlFiles.REQUEST)) {
        files.answer(id, ControlFiles.FAILED, "The projections were just started; send it again");
      }
    }
  }

  void close(long deadlineNanos) throws InterruptedException {
    closing = true;
    LockSupport.unpark(thread);
    long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    thread.join(Math.max(1, left));
  }

  /** Gives up its place; the last thing that is done. */
  void leave() throws IOException {
    FileChannel taken = place;
    if (taken != null) {
      taken.close();
    }
  }

  @Override
  public void run() {
    while (!closing) {
      try {
        serve();
        answerRebuilds();
        forget();
        if (System.nanoTime() - writtenNanos >= STATUS_INTERVAL_NANOS) {
          writeStatus();
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("The control directory of {} cannot be used now", log.directory(), e);
      }
      LockSupport.parkNanos(this, POLL_NANOS);
    }
    try {
      answerRebuilds();
    } catch (RingfoldException e) {
      LOG.warn("Who ordered a rebuild of {} is not answered", log.directory(), e);
    }
  }

  private void serve() {
    for (String id : files.waiting()) {
      if (closing) {
        return;
      }
      String suffix = ControlFiles.FAILED;
      String text;
      try {
        ControlRequest request = files.take(id);
        if (request == null) {
          continue;
        }
        LOG.info("Order from another process: {}", request);
        if (request.command() == ControlRequest.Command.REBUILD) {
          rebuilds.put(id, runtime.rebuild(request.projection()));
          continue;
        }
        runtime.execute(request);
        suffix = ControlFiles.DONE;
        text = "";
      } catch (RingfoldException | IllegalArgumentException e) {
        text = ControlFiles.text(e);
        files.delete(id, ControlFiles.REQUEST); // Should it be damaged.
      }
      answer(id, suffix, text);
    }
  }

  private void answer(String id, String suffix, String text) {
    files.answer(id, suffix, text);
    answers.add(new Answer(id, suffix, System.nanoTime()));
  }

  /** A rebuild takes long; other orders do not wait for it. */
  private void answerRebuilds() {
    for (String id : List.copyOf(rebuilds.keySet())) {
      CompletableFuture<Void> rebuild = rebuilds.get(id);
      if (rebuild != null && rebuild.isDone()) {
        rebuilds.remove(id);
        try {
          rebuild.join();
          answer(id, ControlFiles.DONE, "");
        } catch (CompletionException | CancellationException e) {
          Throwable cause = e.getCause() == null ? e : e.getCause();
          answer(id, ControlFiles.FAILED, ControlFiles.text(cause));
        }
      }
    }
  }

  /** Deletes answers that nobody fetched. */
  private void forget() {
    long now = System.nanoTime();
    while (!answers.isEmpty()
        && (answers.size() > MAX_ANSWERS || now - answers.getFirst().nanos() > ANSWER_KEPT_NANOS)) {
      Answer old = answers.removeFirst();
      files.delete(old.id(), old.suffix());
    }
  }

  /** Writes the status if it changed. Also called once when all workers have ended. */
  void writeStatus() throws IOException {
    String json = ControlFiles.json(new ArrayList<>(runtime.status()));
    if (json.equals(written)) {
      return;
    }
    writtenNanos = System.nanoTime();
    Instant now = log.logTime();
    files.status(
        "{\n  \"format\": 1,\n  \"pid\": "
            + ProcessHandle.current().pid()
            + ",\n  \"session\": "
            + session
            + ",\n  \"logTimeNanos\": "
            + (TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano())
            + ",\n"
            + json
            + "}\n");
    written = json;
  }
}
