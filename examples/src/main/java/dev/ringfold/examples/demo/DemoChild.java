// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that dies: one thread offers rows at full speed, one appends rows and notes each
 * receipt, and in the middle of both the process sends SIGKILL to itself. Prints how far it is.
 */
final class DemoChild {
  /** Acknowledgements there should be before the end. */
  static final int MIN_ACKS = 64;

  /** What the loop does instead of offering when a row found no room. */
  private static final long OTHER_WORK_NANOS = 20_000L;

  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long KILL_WAIT_SECONDS = 20;
  private static final int OUTSTANDING = 16;
  private static final int ALIVE = 9;

  private final Digits digits = Digits.load();
  private final DemoPlan plan;
  private final Path store;
  private final Process executioner;
  private volatile int offered;
  private final AtomicInteger acknowledged = new AtomicInteger();

  private DemoChild(Path store, DemoPlan plan, Process executioner) {
    this.store = store;
    this.plan = plan;
    this.executioner = executioner;
  }

  /** Runs: store, seed. Ends with {@value #ALIVE} when it could not kill itself. */
  public static void main(String[] arguments) throws Exception {
    // Started before it is needed: the kill must come while rows are in flight.
    Process executioner =
        new ProcessBuilder("sh", "-c", "read line && kill -9 " + ProcessHandle.current().pid())
            .inheritIO()
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    new DemoChild(Path.of(arguments[0]), new DemoPlan(Long.parseLong(arguments[1])), executioner)
        .run();
    System.exit(ALIVE);
  }

  private void run() throws InterruptedException {
    EventLog log = DemoPlan.open(store);
    start("demo-append", () -> append(log));
    Thread offering = start("demo-offer", () -> offer(log));
    while (offering.isAlive()) {
      System.out.println(offered + " " + acknowledged.get());
      LockSupport.parkNanos(PROGRESS_NANOS);
    }
    executioner.waitFor(KILL_WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static Thread start(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void offer(EventLog log) {
    Producer producer = log.producer(DemoPlan.OFFERING);
    MetricsRow[] rows = rows(log, producer);
    boolean killed = false;
    for (int n = 0; n < DemoPlan.GOAL; n++) {
      int row = plan.row(n);
      MetricsRow target = rows[digits.label(row)];
      if (!DemoPlan.fill(target, digits, row, DemoPlan.pass(n), 0).offer()) {
        LockSupport.parkNanos(OTHER_WORK_NANOS);
      }
      offered = n + 1;
      if (!killed
          && n >= plan.killAt()
          && (acknowledged.get() >= MIN_ACKS || n == DemoPlan.GOAL - 1)) {
        killed = true;
        kill();
      }
    }
  }

  /** One reusable row for each digit's stream. */
  static MetricsRow[] rows(EventLog log, Producer producer) {
    MetricLayout layout = DemoPlan.layout();
    MetricsRow[] rows = new MetricsRow[Digits.LABELS];
    for (int label = 0; label < rows.length; label++) {
      rows[label] = producer.metrics(log.stream(DemoPlan.DIGIT_STREAM + label), layout);
    }
    return rows;
  }

  /** SIGKILL: no shutdown hook, no flush, no close. */
  private void kill() {
    try (OutputStream order = executioner.getOutputStream()) {
      order.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send the order to kill", e);
    }
  }

  private record Waiting(int row, CompletableFuture<AppendOutcome> outcome) {}

  private void append(EventLog log) {
    try (Oracle oracle = Oracle.append(Oracle.path(store))) {
      Producer producer = log.producer(DemoPlan.APPENDING);
      MetricsRow target = producer.metrics(log.stream(DemoPlan.REQUIRED_STREAM), DemoPlan.layout());
      ArrayDeque<Waiting> waiting = new ArrayDeque<>();
      for (int row = 0; row < Digits.ROWS; row++) {
        if (waiting.size() == OUTSTANDING) {
          note(oracle, waiting.remove());
        }
        AppendOptions options = AppendOptions.NONE.key(DemoPlan.key(row));
        DemoPlan.fill(target, digits, row, 0, 0);
        waiting.add(new Waiting(row, target.append(AckLevel.DISK, options)));
      }
      while (!waiting.isEmpty()) {
        note(oracle, waiting.remove());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot note an acknowledgement", e);
    }
  }

  private void note(Oracle oracle, Waiting waiting) throws IOException {
    oracle.note(waiting.outcome.join().receipt().firstSequence(), waiting.row);
    acknowledged.incrementAndGet();
  }
}
