// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.Host;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.rebuild.KnownProjections;
import dev.ringfold.replay.rebuild.RebuildCheck;
import dev.ringfold.replay.rebuild.RebuildDiff;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Folds in a scratch directory, which is deleted whatever happens: by the next one's process when
 * this one is killed. Stateless.
 */
final class ScratchWork {
  private static final String PREFIX = "_scratch-";

  /** Ends with the number of the process that works there. */
  private static final Pattern PROCESS = Pattern.compile(PREFIX + "([0-9]{1,18})");

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
      sweep(parent);
      Path scratch = parent.resolve(PREFIX + Host.pid());
      DirectoryTree.delete(scratch);
      StoreSecurity.createDirectory(scratch);
      try {
        return work.in(log, known, scratch);
      } finally {
        DirectoryTree.delete(scratch);
      }
    }
  }

  /** Deletes what processes left that were killed. */
  private static void sweep(Path parent) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path path : found) {
        Matcher process = PROCESS.matcher(String.valueOf(path.getFileName()));
        if (process.matches() && !isAlive(Long.parseLong(process.group(1)))) {
          DirectoryTree.delete(path);
        }
      }
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }
}
