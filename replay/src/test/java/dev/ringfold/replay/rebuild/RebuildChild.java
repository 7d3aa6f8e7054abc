// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RetentionRule;
import dev.ringfold.RingfoldException;
import dev.ringfold.Stream;
import dev.ringfold.Tailer;
import dev.ringfold.UnitOfWork;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventType;
import dev.ringfold.event.HealthState;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.projections.DeadLetters;
import dev.ringfold.projections.FailurePolicy;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.Partition;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A program that does a bit of everything until it is killed, or until it has done enough. */
final class RebuildChild {
  static final String UNDER_WAY = "under way";
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final List<MetricLayout> LAYOUTS =
      List.of(
          MetricLayout.builder().doubles("train_loss", "val_loss", "accuracy").build(),
          MetricLayout.builder().doubles("loss", "accuracy").build(),
          MetricLayout.builder()
              .doubles("energy")
              .column("shots", MetricType.LONG)
              .column("backend", MetricType.STRING)
              .build());

  /** First more than a file of the index holds, then the random things. */
  static final String FLOOD = "flood";

  /** Each thing several times before the random ones, and time passes. */
  static final String EVERYTHING = "everything";

  /** The disk is nearly full: no more than what must be stored is. */
  static final String LOW = "low";

  /** Gives up what keeps old events, and lets retention delete these. */
  static final String RETIRE = "retire";

  static final List<String> PROJECTIONS =
      List.of(
          MetricTables.METRICS,
          MetricTables.LEDGER,
          KnownProjections.CHECKPOINTS,
          EventIndex.NAME,
          RemarkTally.NAME,
          EventDigest.NAME);

  /** Those of which any event may be left out: without a checkpoint what follows makes no sense. */
  private static final List<String> SKIPPING =
      List.of(
          MetricTables.METRICS,
          MetricTables.LEDGER,
          EventIndex.NAME,
          RemarkTally.NAME,
          EventDigest.NAME);

  private static final int FLOOD_EVENTS = 270_000;
  private static final int KINDS = 12;
  private static final int ROUNDS_OF_EVERYTHING = 8;
  private static final long PARK_NANOS = 5_000_000;

  private final EventLog log;
  private final Producer producer;
  private final ProjectionRuntime runtime;
  private final Checkpoints checkpoints;
  private final StateWork states;
  private final CallWork calls;
  private final Path outputs;
  private final SplittableRandom random;
  private long step;

  private RebuildChild(
      EventLog log,
      Producer producer,
      ProjectionRuntime runtime,
      Checkpoints checkpoints,
      StateWork states,
      CallWork calls,
      SplittableRandom random) {
    this.log = log;
    this.producer = producer;
    this.runtime = runtime;
    this.checkpoints = checkpoints;
    this.states = states;
    this.calls = calls;
    this.outputs = log.directory().resolve("outputs");
    this.random = random;
  }

  /**
   * Works.
   *
   * @param args store, seed, how many random things to do (-1 for no end), what else it is to do
   */
  public static void main(String[] args) throws Exception {
    SplittableRandom random = new SplittableRandom(Long.parseLong(args[1]));
    String wish = args[3];
    try (EventLog log = open(Path.of(args[0]), wish.equals(LOW));
        Producer producer = log.producer("worker");
        ProjectionRuntime runtime = project(log);
        Checkpoints checkpoints = Checkpoints.on(log).run("model").open();
        StateWork states = new StateWork(log, random);
        CallWork calls = new CallWork(log, random)) {
      System.out.println(UNDER_WAY);
      RebuildChild child =
          new RebuildChild(log, producer, runtime, checkpoints, states, calls, random);
      child.work(wish, Long.parseLong(args[2]));
    }
  }

  private static EventLog open(Path store, boolean low) {
    return EventLog.builder(store)
        .environment(Map.of())
        .register(Remark.TYPE)
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .set(LogOption.LOW_SPACE_BYTES, low ? 1L << 50 : 0)
        .build();
  }

  private static ProjectionRuntime project(EventLog log) {
    FailurePolicy aside = new FailurePolicy.RetryThenDeadLetter(0, Duration.ofNanos(1));
    return ProjectionRuntime.builder(log)
        .add(MetricTables::metrics)
        .add(MetricTables::ledger)
        .add(() -> Checkpoints.trees(log))
        .add(EventIndex::projection)
        .add(new RemarkTally(), aside)
        .add(new EventDigest(), aside)
        .start();
  }

  private void work(String wish, long actions) throws IOException, InterruptedException {
    switch (wish) {
      case FLOOD -> flood();
      case EVERYTHING -> everything();
      case LOW -> await("the disk is low", () -> log.health().state() == HealthState.LOW);
      case RETIRE -> retire();
      default -> {}
    }
    for (long i = 0; actions < 0 || i < actions; i++) {
      act(random.nextInt(2 * KINDS));
    }
    awaitApplied();
  }

  private void awaitApplied() {
    for (String name : PROJECTIONS) {
      if (!runtime.awaitApplied(name, log.lastSequence(), PATIENCE)) {
        throw new IllegalStateException(name + " is behind: " + runtime.status());
      }
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("never: " + what);
      }
      LockSupport.parkNanos(PARK_NANOS);
    }
  }

  private void flood() {
    while (log.lastSequence() < FLOOD_EVENTS) {
      metrics();
      LockSupport.parkNanos(PARK_NANOS / 50);
    }
  }

  private void everything() throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS_OF_EVERYTHING; round++) {
      for (int kind = 0; kind < KINDS; kind++) {
        act(kind);
      }
      metrics();
    }
    states.everything();
    calls.everything();
    TableOptions soon =
        TableOptions.defaults()
            .withPartition(Partition.values()[0])
            .withSealAfter(Duration.ofMillis(1_001));
    MetricTables.configuration(outputs, soon).ifPresent(fact -> append(MetricTables.STREAM, fact));
    long from = log.lastSequence();
    metrics();
    await("a tick", () -> has(BuiltinTypes.CLOCK_TICKED, from));
  }

  private boolean has(EventType<?> type, long from) {
    try (Tailer tailer = log.tailer().fromSequence(from).types(type.id()).open()) {
      return tailer.poll(event -> {}, 1) > 0;
    }
  }

  private void retire() {
    for (CheckpointSummary each : checkpoints.list()) {
      checkpoints.unpin(each.sequence());
      checkpoints.remove(each.sequence());
    }
    states.giveUp();
    calls.end();
    awaitApplied();
    RetentionRule all = new RetentionRule.BeforeSequence(Long.MAX_VALUE);
    await(
        "retention", () -> !log.retention().apply(log.retention().plan(all)).segments().isEmpty());
  }

  private void act(int action) throws IOException, InterruptedException {
    switch (action) {
      case 0 -> append("model", new RunStarted(random.nextInt(3), "{\"rate\":0.1}"));
      case 1 -> append(run(), new RunClosed(0));
      case 2 -> group();
      case 3 -> append("remarks", new Remark("bad " + random.nextInt(9)));
      case 4 -> save();
      case 5 -> changeCheckpoint();
      case 6 -> configure();
      case 7 -> compact();
      case 8 -> letters();
      case 9 -> skip();
      case 10 -> states.act();
      case 11 -> calls.act();
      default -> metrics();
    }
  }

  private void skip() {
    String name = SKIPPING.get(random.nextInt(SKIPPING.size()));
    append("remarks", new Remark("bad to be skipped"));
    long sequence = log.lastSequence() - random.nextInt(3);
    try {
      runtime.skip(name, sequence, "not wanted");
    } catch (RingfoldException refused) {
      System.err.println(refused.getMessage()); // It is part of the output already.
    }
  }

  private String run() {
    return "run-" + random.nextInt(3);
  }

  private void append(String stream, Event event) {
    producer.appendAndAwait(log.stream(stream), event, AckLevel.JOURNAL);
  }

  private void metrics() {
    MetricLayout layout = LAYOUTS.get(random.nextInt(LAYOUTS.size()));
    MetricsRow row = producer.metrics(log.stream(run()), layout);
    int rows = random.nextInt(1, 200);
    for (int i = 0; i < rows; i++) {
      Kind kind = random.nextInt(10) == 0 ? Kind.EPOCH : Kind.STEP;
      int epoch = (int) (step / 100);
      long at = kind == Kind.EPOCH ? -1 : step;
      row.begin(kind, random.nextInt(2), epoch, at, step * 1_000);
      row.set(0, random.nextDouble());
      row.offer();
      step++;
    }
  }

  private void group() {
    Stream remarks = log.stream("remarks");
    UnitOfWork unit = producer.unitOfWork();
    int size = random.nextInt(1, 40);
    for (int i = 0; i < size; i++) {
      String text = "x".repeat(random.nextInt(30));
      unit.add(remarks, new Remark(text), AppendOptions.NONE);
    }
    unit.commit(AckLevel.JOURNAL).join();
  }

  private void save() throws InterruptedException {
    float[] values = new float[random.nextInt(1, 3_000)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(100);
    }
    checkpoints
        .save(
            random.nextInt(20),
            Map.of("weight", Tensor.of(values, values.length)),
            Map.of("step", Tensor.of(new long[] {step}, 1)),
            Map.of("loss", random.nextDouble()))
        .await();
  }

  private void changeCheckpoint() {
    List<CheckpointSummary> all = checkpoints.list();
    if (all.isEmpty()) {
      return;
    }
    long sequence = all.get(random.nextInt(all.size())).sequence();
    try {
      switch (random.nextInt(4)) {
        case 0 -> checkpoints.pin(sequence, "keep");
        case 1 -> checkpoints.unpin(sequence);
        case 2 -> checkpoints.label(sequence, "label-" + random.nextInt(3));
        default -> checkpoints.remove(sequence);
      }
    } catch (RingfoldException | IllegalStateException refused) {
      System.err.println(refused.getMessage()); // A pinned one is not removed.
    }
  }

  private void configure() throws IOException {
    Partition partition = Partition.values()[random.nextInt(Partition.values().length)];
    TableOptions options =
        TableOptions.defaults()
            .withPartition(partition)
            .withSealAfter(Duration.ofMillis(random.nextInt(1_000, 3_000)));
    MetricTables.configuration(outputs, options)
        .ifPresent(event -> append(MetricTables.STREAM, event));
  }

  private void compact() throws IOException {
    if (random.nextInt(3) == 0) {
      MetricTables.compaction(outputs).ifPresent(event -> append(MetricTables.STREAM, event));
    }
  }

  private void letters() {
    List<DeadLetters.DeadLetter> open =
        DeadLetters.list(log).stream()
            .filter(letter -> letter.state() == DeadLetters.State.OPEN)
            .toList();
    if (!open.isEmpty()) {
      long sequence = open.get(random.nextInt(open.size())).sequence();
      try {
        if (random.nextBoolean()) {
          runtime.retry(RemarkTally.NAME, sequence);
        } else {
          runtime.drop(RemarkTally.NAME, sequence);
        }
      } catch (RingfoldException refused) {
        System.err.println(refused.getMessage()); // Somebody has decided meanwhile.
      }
    }
  }
}
