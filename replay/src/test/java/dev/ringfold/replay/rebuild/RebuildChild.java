// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.Stream;
import dev.ringfold.UnitOfWork;
import dev.ringfold.event.Event;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.projections.DeadLetters;
import dev.ringfold.projections.FailurePolicy;
import dev.ringfold.projections.ProjectionRuntime;
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

/** A program that does a bit of everything until it is killed, or until it has done enough. */
final class RebuildChild {
  static final String UNDER_WAY = "under way";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<MetricLayout> LAYOUTS =
      List.of(
          MetricLayout.builder().doubles("train_loss", "val_loss", "accuracy").build(),
          MetricLayout.builder().doubles("loss", "accuracy").build(),
          MetricLayout.builder()
              .doubles("energy")
              .column("shots", MetricType.LONG)
              .column("backend", MetricType.STRING)
              .build());

  private final EventLog log;
  private final Producer producer;
  private final ProjectionRuntime runtime;
  private final Checkpoints checkpoints;
  private final Path outputs;
  private final SplittableRandom random;
  private long step;

  private RebuildChild(
      EventLog log,
      Producer producer,
      ProjectionRuntime runtime,
      Checkpoints checkpoints,
      SplittableRandom random) {
    this.log = log;
    this.producer = producer;
    this.runtime = runtime;
    this.checkpoints = checkpoints;
    this.outputs = log.directory().resolve("outputs");
    this.random = random;
  }

  /**
   * Works.
   *
   * @param args store, seed, how many things to do (-1 for no end)
   */
  public static void main(String[] args) throws Exception {
    Path store = Path.of(args[0]);
    SplittableRandom random = new SplittableRandom(Long.parseLong(args[1]));
    long actions = Long.parseLong(args[2]);
    try (EventLog log =
            EventLog.builder(store)
                .environment(Map.of())
                .register(Remark.TYPE)
                .set(LogOption.RING_SLOTS, 4096)
                .set(LogOption.SEGMENT_BYTES, 1 << 20)
                .build();
        Producer producer = log.producer("worker");
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log)
                .add(MetricTables::metrics)
                .add(MetricTables::ledger)
                .add(() -> Checkpoints.trees(log))
                .add(
                    new RemarkTally(),
                    new FailurePolicy.RetryThenDeadLetter(0, Duration.ofNanos(1)))
                .start();
        Checkpoints checkpoints = Checkpoints.on(log).run("model").open()) {
      System.out.println(UNDER_WAY);
      RebuildChild child = new RebuildChild(log, producer, runtime, checkpoints, random);
      for (long i = 0; actions < 0 || i < actions; i++) {
        child.act(random.nextInt(16));
      }
      for (String name : List.of("metrics", "ledger", "checkpoints", RemarkTally.NAME)) {
        runtime.awaitApplied(name, log.lastSequence(), PATIENCE);
      }
    }
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
      default -> metrics();
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
