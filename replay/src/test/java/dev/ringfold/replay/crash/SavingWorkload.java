// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.Saving;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.StatePolicy;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Saves checkpoints and groups of quantum states side by side, gives old ones up, and notes what it
 * was told is committed before the power went. What is saved follows from the seed and a number.
 */
final class SavingWorkload implements AutoCloseable {
  static final int KEPT = 2;
  private static final int LARGE_FLOATS = 30_000;
  private static final int SMALL_FLOATS = 50;
  private static final int QUBITS = 13;
  private static final int OPTIMIZE_EVERY = 3;
  private static final int ROLL_ONE_IN = 8;

  /**
   * A save that was committed.
   *
   * @param what "checkpoint" or the id of a state
   */
  record Acknowledged(String what, long number, long sequence) {}

  private final EventLog log;
  private final long seed;
  private final BooleanSupplier isPowerGone;
  private final Checkpoints checkpoints;
  private final QuantumStore states;
  private final List<Acknowledged> acknowledged = new ArrayList<>();

  SavingWorkload(EventLog log, long seed, BooleanSupplier isPowerGone) {
    this.log = log;
    this.seed = seed;
    this.isPowerGone = isPowerGone;
    this.checkpoints = checkpoints(log);
    this.states = states(log);
  }

  static Checkpoints checkpoints(EventLog log) {
    return Checkpoints.on(log).keepLast(KEPT).open();
  }

  static QuantumStore states(EventLog log) {
    return QuantumStore.on(log).policy(StatePolicy.RAW).open();
  }

  /** Most of a checkpoint stays as it was in the one before; small tensors share a file. */
  static Map<String, Tensor> model(long seed, long number) {
    Map<String, Tensor> model = new LinkedHashMap<>();
    model.put("frozen", floats(seed, LARGE_FLOATS));
    model.put("slow", floats(seed ^ (1_000 + number / 2), LARGE_FLOATS));
    model.put("fast", floats(seed ^ (2_000 + number), LARGE_FLOATS));
    model.put("bias", floats(seed ^ (3_000 + number), SMALL_FLOATS));
    model.put("step", Tensor.of(new long[] {number}));
    return model;
  }

  private static Tensor floats(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(values, count);
  }

  static QuantumState state(String id, long seed, long number) {
    SplittableRandom random = new SplittableRandom(seed ^ (number << 8) ^ id.hashCode());
    double[] vector = new double[2 << QUBITS];
    double norm = 0;
    for (int i = 0; i < vector.length; i++) {
      vector[i] = random.nextDouble(-1, 1);
      norm += vector[i] * vector[i];
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= Math.sqrt(norm);
    }
    return QuantumState.builder(id, QUBITS)
        .vector(vector)
        .timestamp(Instant.ofEpochSecond(number))
        .confidence(number)
        .build();
  }

  /** Saves until the power is gone. */
  void run(SplittableRandom random, long patienceNanos) {
    long deadline = System.nanoTime() + patienceNanos;
    List<CompletableFuture<?>> saves = new ArrayList<>();
    for (long number = 1; !isPowerGone.getAsBoolean(); number++) {
      assertThat(System.nanoTime()).as("the chosen force never came").isLessThan(deadline);
      saves.add(saveCheckpoint(number));
      saves.add(saveStates(number));
      if (random.nextInt(ROLL_ONE_IN) == 0) {
        log.requestRoll();
      }
      if (random.nextBoolean()) {
        saves.forEach(CompletableFuture::join);
        saves.clear();
      }
      if (number % OPTIMIZE_EVERY == 0) {
        states.optimize();
      }
    }
    saves.forEach(CompletableFuture::join);
  }

  private CompletableFuture<?> saveCheckpoint(long number) {
    Saving saving =
        checkpoints.save(number, model(seed, number), Map.of(), Map.of("number", number));
    return saving
        .committed()
        .thenAccept(saved -> note(new Acknowledged("checkpoint", number, saved.sequence())));
  }

  private CompletableFuture<?> saveStates(long number) {
    return states
        .saveAll(List.of(state("a", seed, number), state("b", seed, number)))
        .thenAccept(
            group -> {
              for (SavedState saved : group) {
                note(new Acknowledged(saved.id(), number, saved.sequence()));
              }
            });
  }

  private synchronized void note(Acknowledged save) {
    if (!isPowerGone.getAsBoolean()) {
      acknowledged.add(save);
    }
  }

  /** What was committed before the power went. */
  synchronized List<Acknowledged> acknowledged() {
    return List.copyOf(acknowledged);
  }

  @Override
  public void close() {
    states.close();
    checkpoints.close();
  }
}
