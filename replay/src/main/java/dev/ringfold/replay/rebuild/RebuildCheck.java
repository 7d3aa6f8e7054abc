// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLogReader;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.rebuild.OutputHashes.Hashed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes outputs again in a scratch directory, up to the newest commit of those in use, and compares
 * each finished file: by its SHA-256, or by a hash of its content where bytes depend on the
 * machine. Changes nothing else. Stateless.
 */
public final class RebuildCheck {
  private RebuildCheck() {}

  /**
   * A file that is not the same.
   *
   * @param file its name in the output
   * @param expected what the journal makes of it
   * @param found what is there
   */
  public record Difference(String file, String expected, String found) {}

  /**
   * What came out for a projection.
   *
   * @param projection its name
   * @param sequence of the commit that was compared, -1 when there is none
   * @param bytesCompared files compared by SHA-256
   * @param contentCompared files compared by the hash of their content
   * @param hash one SHA-256 over all names and hashes of the output made again; empty for none
   * @param differences what is not the same
   * @param note what else is to be said, such as why nothing was compared; may be empty
   */
  public record Result(
      String projection,
      long sequence,
      int bytesCompared,
      int contentCompared,
      String hash,
      List<Difference> differences,
      String note) {

    /** Copies the list. */
    public Result {
      differences = List.copyOf(differences);
    }

    /** Whether everything that was compared is the same. */
    public boolean same() {
      return differences.isEmpty();
    }
  }

  /**
   * Compares one projection.
   *
   * @param again a second instance, for the output made again
   * @param scratch an empty directory on the file system of the outputs; deleted by the caller
   * @throws dev.ringfold.SegmentRetiredException when the journal no longer has all events
   */
  public static Result run(
      EventLogReader log,
      Projection projection,
      Projection again,
      Path outputs,
      Path snapshots,
      Path scratch)
      throws IOException {
    return run(log, projection, again, outputs, snapshots, scratch, WorkProgress.NONE);
  }

  /**
   * As {@link #run(EventLogReader, Projection, Projection, Path, Path, Path)}.
   *
   * @param progress hears of the sequences, as the step of the projection's name
   * @throws java.util.concurrent.CancellationException when that says stop
   */
  public static Result run(
      EventLogReader log,
      Projection projection,
      Projection again,
      Path outputs,
      Path snapshots,
      Path scratch,
      WorkProgress progress)
      throws IOException {
    ScratchFold.requireWhole(log);
    String name = projection.name();
    ProjectionContext context = OutputRebuild.closedContext(log, projection, outputs, snapshots);
    OptionalInt version = projection.outputVersion(context);
    if (version.isPresent() && version.getAsInt() != projection.version()) {
      return nothing(
          name,
          "its output is of version "
              + version.getAsInt()
              + ", this program writes "
              + projection.version());
    }
    Optional<Position> position = OutputRebuild.standsAt(log, projection, context);
    if (position.isEmpty()) {
      return nothing(name, "it has no commit yet");
    }
    return compare(log, projection, again, context, position.get(), scratch, progress);
  }

  private static Result nothing(String projection, String note) {
    return new Result(projection, -1, 0, 0, "", List.of(), note);
  }

  private static Result compare(
      EventLogReader log,
      Projection projection,
      Projection again,
      ProjectionContext context,
      Position position,
      Path scratch,
      WorkProgress progress)
      throws IOException {
    // First, since a live projection may compact or prune what is compared.
    boolean said = projection.finishedFiles(position, context).isPresent();
    Map<String, Hashed> found =
        said ? OutputHashes.of(projection, position, context, Set.of()) : Map.of();
    ScratchFold fold = ScratchFold.run(log, again, scratch, position.sequence(), progress);
    if (!fold.committed().equals(position)) {
      return new Result(
          projection.name(),
          position.sequence(),
          0,
          0,
          "",
          List.of(new Difference("commit", "one at " + fold.committed(), "one at " + position)),
          "");
    }
    if (!said) {
      found = OutputHashes.of(projection, position, context, fold.names());
    }
    Map<String, Hashed> expected = OutputHashes.of(again, position, fold.context(), fold.names());
    return result(projection.name(), position.sequence(), expected, found);
  }

  private static Result result(
      String name, long sequence, Map<String, Hashed> expected, Map<String, Hashed> found) {
    List<Difference> differences = new ArrayList<>();
    int bytesCompared = 0;
    int contentCompared = 0;
    Set<String> names = new TreeSet<>(expected.keySet());
    names.addAll(found.keySet());
    for (String file : names) {
      Hashed wanted = expected.get(file);
      Hashed there = found.get(file);
      if (wanted == null || there == null) {
        differences.add(new Difference(file, text(wanted), text(there)));
        continue;
      }
      boolean byContent = !wanted.content().isEmpty();
      bytesCompared += byContent ? 0 : 1;
      contentCompared += byContent ? 1 : 0;
      boolean same =
          byContent
              ? wanted.content().equals(there.content())
              : wanted.sha256().equals(there.sha256());
      if (!same) {
        differences.add(new Difference(file, text(wanted), text(there)));
      }
    }
    return new Result(
        name,
        sequence,
        bytesCompared,
        contentCompared,
        OutputHashes.total(expected),
        differences,
        "");
  }

  private static String text(@Nullable Hashed file) {
    if (file == null) {
      return "no such file";
    }
    return file.content().isEmpty()
        ? file.bytes() + " bytes, SHA-256 " + file.sha256()
        : file.content();
  }
}
