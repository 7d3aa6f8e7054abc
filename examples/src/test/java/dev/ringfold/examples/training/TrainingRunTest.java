// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.examples.training.Settings.Model;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TrainingRunTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1);
  private static final int EPOCHS = 3;
  private static final int KNOWN_HASH = -482_354_242;

  private final Digits digits = Digits.load();

  /** Bits of what a run said about each step. */
  private static List<Long> finish(TrainingRun run) {
    List<Long> said = new ArrayList<>();
    while (!run.finished()) {
      run.step();
      for (double value :
          new double[] {
            run.loss(), run.accuracy(), run.gradNorm(), run.gradMax(), run.gradMin(), run.batch()
          }) {
        said.add(Double.doubleToRawLongBits(value));
      }
    }
    return said;
  }

  @ParameterizedTest
  @CsvSource({"MLP,40,0.96", "SOFTMAX,20,0.93"})
  void modelLearnsToReadImagesItWasNeverTrainedOn(Model model, int epochs, double atLeast) {
    TrainingRun run = new TrainingRun(digits, Settings.of(model, SEED, epochs));
    Score before = run.test();
    finish(run);

    assertThat(before.accuracy()).isLessThan(0.3);
    assertThat(run.test().accuracy()).as("seed %d", SEED).isGreaterThan(atLeast);
    assertThat(run.test().loss()).isLessThan(before.loss() / 5);
    assertThat(run.training().loss()).isLessThan(run.test().loss());
  }

  @ParameterizedTest
  @EnumSource
  void sameSeedGivesTheSameBitsAndAnotherSeedOtherOnes(Model model) {
    TrainingRun first = new TrainingRun(digits, Settings.of(model, SEED, EPOCHS));
    TrainingRun second = new TrainingRun(digits, Settings.of(model, SEED, EPOCHS));
    TrainingRun other = new TrainingRun(digits, Settings.of(model, SEED + 1, EPOCHS));

    List<Long> said = finish(first);

    assertThat(finish(second)).isEqualTo(said);
    assertThat(bits(second)).isEqualTo(bits(first));
    assertThat(finish(other)).isNotEqualTo(said);
  }

  /** Known bits: whoever runs the demo gets the numbers of the documentation, on any machine. */
  @Test
  void weightsAreTheSameOnEveryMachine() {
    TrainingRun run = new TrainingRun(digits, Settings.of(Model.MLP, 1, 1));
    finish(run);

    assertThat(Arrays.hashCode(run.parameters())).isEqualTo(KNOWN_HASH);
  }

  @ParameterizedTest
  @CsvSource({"MLP,1", "MLP,89", "MLP,90", "MLP,133", "SOFTMAX,200"})
  void resumedRunMakesTheVerySameSteps(Model model, int savedAfter) {
    Settings settings = Settings.of(model, SEED, EPOCHS);
    TrainingRun whole = new TrainingRun(digits, settings);
    TrainingRun killed = new TrainingRun(digits, settings);
    for (int i = 0; i < savedAfter; i++) {
      whole.step();
      killed.step();
    }
    RunState state = killed.save();
    killed.step(); // Lost with the process.

    TrainingRun resumed = TrainingRun.restore(digits, settings, state);

    assertThat(resumed.stepsMade()).isEqualTo(savedAfter);
    assertSame(resumed.save(), state);
    assertThat(finish(resumed)).isEqualTo(finish(whole));
    assertThat(bits(resumed)).isEqualTo(bits(whole));
  }

  @Test
  void incompleteStateIsRefusedByTheNameOfWhatIsMissing() {
    Settings settings = Settings.of(Model.SOFTMAX, SEED, 1);
    RunState state = new TrainingRun(digits, settings).save();
    Map<String, Tensor> model = new TreeMap<>(state.model());
    model.remove("layer1.bias");
    Map<String, Tensor> reshaped = new TreeMap<>(state.optimizer());
    reshaped.computeIfPresent("order", (name, order) -> order.reshape(order.elements(), 1));

    assertThatThrownBy(
            () ->
                TrainingRun.restore(
                    digits, settings, new RunState(model, state.optimizer(), state.metadata())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no tensor layer1.bias");
    assertThatThrownBy(
            () ->
                TrainingRun.restore(
                    digits, settings, new RunState(state.model(), reshaped, state.metadata())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("order as INT32");
  }

  @Test
  void stateOfOtherSettingsIsRefused() {
    RunState state = new TrainingRun(digits, Settings.of(Model.MLP, SEED, 1)).save();

    assertThatThrownBy(
            () -> TrainingRun.restore(digits, Settings.of(Model.MLP, SEED + 1, 1), state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other settings");
    assertThatThrownBy(
            () -> TrainingRun.restore(digits, Settings.of(Model.SOFTMAX, SEED, 1), state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other settings");
  }

  @Test
  void randomNumbersAreThoseOfSplittableRandom() {
    SeededRandom ours = new SeededRandom(SEED);
    SplittableRandom known = new SplittableRandom(SEED);

    for (int i = 0; i < 1_000; i++) {
      assertThat(ours.nextLong()).isEqualTo(known.nextLong());
    }
  }

  @Test
  void everyImageIsEitherTrainedOnOrTestedNeverBoth() {
    Split split = new Split(SEED);
    Set<Integer> seen = new HashSet<>();
    for (int row : split.training()) {
      seen.add(row);
    }
    for (int row : split.test()) {
      assertThat(seen.add(row)).isTrue();
    }

    assertThat(seen).hasSize(Digits.ROWS);
    assertThat(split.test()).hasSize(Split.TEST_ROWS);
  }

  @Test
  void epochsAndStepsAreCountedAndTheLastBatchIsSmaller() {
    Settings settings = Settings.of(Model.SOFTMAX, SEED, 2);
    TrainingRun run = new TrainingRun(digits, settings);
    assertThat(settings.stepsPerEpoch()).isEqualTo(90);
    for (int i = 0; i < 89; i++) {
      run.step();
      assertThat(run.epochOver()).isFalse();
      assertThat(run.batch()).isEqualTo(16);
    }

    run.step();

    assertThat(run.batch()).isEqualTo(Split.TRAINING_ROWS - 89 * 16);
    assertThat(run.epochOver()).isTrue();
    assertThat(run.epoch()).isEqualTo(1);
    assertThat(run.finished()).isFalse();
  }

  private static void assertSame(RunState first, RunState second) {
    assertThat(first.metadata()).isEqualTo(second.metadata());
    assertThat(first.model().keySet()).isEqualTo(second.model().keySet());
    first
        .model()
        .forEach(
            (name, tensor) -> assertThat(tensor.contentEquals(second.model().get(name))).isTrue());
    assertThat(first.optimizer().keySet()).isEqualTo(second.optimizer().keySet());
    first
        .optimizer()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.contentEquals(second.optimizer().get(name))).isTrue());
  }

  private static long[] bits(TrainingRun run) {
    return Arrays.stream(run.parameters()).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
