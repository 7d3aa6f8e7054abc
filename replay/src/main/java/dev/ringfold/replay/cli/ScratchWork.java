// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.rebuild.KnownProjections;
import dev.ringfold.replay.rebuild.RebuildCheck;
import dev.ringfold.replay.rebuild.RebuildDiff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Folds in a scratch directory, which is deleted whatever happens. Stateless. */
final class ScratchWork {
  private ScratchWork() {}

  private interface Work<T> {
    T in(EventLogReader log, KnownProjections known, Path scratch) throws IOException;
  }

  /**
   * Compares outputs with what the journal makes of them.
   *
   * @param names which; all that have an output when there are none
   */
  static List<RebuildCheck.Result> compare(
      Path store, Path outputs, @Nullable Path scratch, List<String> names, WorkProgress progress)
      throws IOException {
    Path snapshots = store.resolve("snapshots");
    return run(
        store,
        outputs,
        scratch,
        (log, known, directory) -> {
          List<RebuildCheck.Result> results = new ArrayList<>();
          for (String name : names.isEmpty() ? known.present(snapshots) : names) {
            results.add(
                RebuildCheck.run(
                    log,
                    known.make(name),
                    known.make(name),
                    outputs,
                    snapshots,
                    directory,
                    progress));
          }
          return results;
        });
  }

  /** Says what a projection of this program would change. */
  static RebuildDiff.Report diff(
      Path store,
      Path outputs,
      @Nullable Path scratch,
      String name,
      int most,
      WorkProgress progress)
      throws IOException {
    return run(
        store,
        outputs,
        scratch,
        (log, known, directory) ->
            RebuildDiff.run(
                log,
                known.make(name),
                outputs,
                store.resolve("snapshots"),
                directory,
                most,
                progress));
  }

  private static <T> T run(Path store, Path outputs, @Nullable Path given, Work<T> work)
      throws IOException {
    try (EventLogReader log = EventLogReader.open(store, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs)) {
      if (given == null) {
        StoreSecurity.ensureDirectory(outputs);
      } else {
        Files.createDirectories(given);
      }
      Path parent = given == null ? outputs : given.toAbsolutePath().normalize();
      Path scratch = parent.resolve("_scratch-" + ProcessHandle.current().pid());
      DirectoryTree.delete(scratch);
      StoreSecurity.createDirectory(scratch);
      try {
        return work.in(log, known, scratch);
      } finally {
        DirectoryTree.delete(scratch);
      }
    }
  }
}
