// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.examples.training.RunState;
import dev.ringfold.examples.training.TrainingRun;
import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.Saving;
import java.nio.file.Path;

/** The checkpoints of the run that is killed and resumed. Stateless. */
final class DemoCheckpoints {
  private DemoCheckpoints() {}

  /** Over the log that the metrics go to. */
  static Checkpoints on(EventLog log) {
    return Checkpoints.on(log).run(DemoPlan.LONG_RUN).open();
  }

  /** Returns at once. */
  static Saving save(Checkpoints checkpoints, TrainingRun run) {
    RunState state = run.save();
    return checkpoints.save(run.epoch(), state.model(), state.optimizer(), state.metadata());
  }

  /** The state of the newest checkpoint that is whole; needs no lock. */
  static RunState latest(Path store) {
    try (EventLogReader log = EventLog.openReadOnly(store);
        CheckpointReader reader = CheckpointReader.open(log, DemoPlan.LONG_RUN)) {
      Checkpoint checkpoint = reader.latest();
      return new RunState(
          checkpoint.modelState(), checkpoint.optimizerState(), checkpoint.metadata());
    }
  }
}
