// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.nio.file.Path;

/** A turn of two processes: one fills a store and is killed, a fresh one opens it. */
final class CrashedWriter {
  private CrashedWriter() {}

  /**
   * Lets a contender open what its killed writer left, in a directory that is deleted afterwards.
   *
   * @param filled whether there was a writer; without one the directory is empty
   */
  static Figures open(Workspace workspace, Contender contender, boolean filled)
      throws IOException, NotRunException {
    Path directory = workspace.newDirectory(contender.kind());
    try {
      if (filled) {
        WorkerProcess writer = workspace.start(contender.kind(), directory);
        try {
          writer.call(new Call(Worker.FILL, contender.call().arguments()));
        } finally {
          writer.kill();
        }
      }
      try (WorkerProcess opener = workspace.start(contender.kind(), directory)) {
        return opener.call(contender.call());
      }
    } finally {
      LeftCounters.delete(directory);
      Disk.deleteAndSettle(directory);
    }
  }
}
