// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.examples.training.Settings;
import dev.ringfold.examples.training.Settings.Model;
import dev.ringfold.examples.training.TrainingRun;

/**
 * What is trained and when the process dies: the same for parent and child, since both know the
 * seed. Immutable; any thread.
 */
record DemoPlan(long seed) {
  /** The run that is over before the kill. */
  static final String SHORT_RUN = "softmax";

  /** The run that is killed and resumed. */
  static final String LONG_RUN = "mlp";

  /** The long run saves a checkpoint after this many epochs, again and again. */
  static final int SAVE_EPOCHS = 5;

  private static final int SHORT_EPOCHS = 20;
  private static final int LONG_EPOCHS = 60;
  private static final int FIRST_SAVES = 4;
  private static final int KILL_SAVES = 4;

  /** Settings of {@link #SHORT_RUN}. */
  Settings shortRun() {
    return Settings.of(Model.SOFTMAX, seed, SHORT_EPOCHS);
  }

  /** Settings of {@link #LONG_RUN}. */
  Settings longRun() {
    return Settings.of(Model.MLP, seed, LONG_EPOCHS);
  }

  /**
   * From this step of the long run on the process kills itself: a third to two thirds of the way,
   * and well between two checkpoints, so that steps are lost that must be made again.
   */
  int killAt() {
    int between = SAVE_EPOCHS * longRun().stepsPerEpoch();
    int mixed = (int) Long.remainderUnsigned(seed * 0x9e3779b97f4a7c15L >>> 1, 1 << 30);
    int saves = FIRST_SAVES + mixed % KILL_SAVES;
    return saves * between + between / 3 + mixed / KILL_SAVES % (between / 3);
  }

  /** Whether the long run has a checkpoint of this epoch whenever it is killed. */
  static boolean isAlwaysSaved(int epoch) {
    return epoch > 0 && epoch <= FIRST_SAVES * SAVE_EPOCHS && epoch % SAVE_EPOCHS == 0;
  }

  /** Whether the long run saves a checkpoint at this point. */
  static boolean isSavedAfter(TrainingRun run) {
    return run.epochOver() && run.epoch() % SAVE_EPOCHS == 0;
  }
}
