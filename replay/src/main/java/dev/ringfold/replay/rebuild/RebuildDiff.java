// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLogReader;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.rebuild.OutputHashes.Hashed;
import dev.ringfold.writers.parquet.MetricTable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What another version of a projection would change: its output is made in a scratch directory up
 * to where the one in use stands, and compared with that. Tables are compared row by row, by the
 * sequence of the event a row comes from; other outputs file by file. Stateless.
 */
public final class RebuildDiff {
  private RebuildDiff() {}

  /** What becomes of a row or file. */
  public enum Change {
    /** Only the new output has it. */
    ADDED,
    /** Only the present output has it. */
    REMOVED,
    /** Both have it, and it is not the same. */
    CHANGED
  }

  /**
   * One that changes.
   *
   * @param key sequence of the row's event, or the name of the file
   * @param change what becomes of it
   * @param text the columns that are not the same with old and new value, or the hashes
   */
  public record Changed(String key, Change change, String text) {}

  /**
   * What would change.
   *
   * @param projection its name
   * @param oldVersion of the present output, 0 when it does not say
   * @param newVersion that this program writes
   * @param sequence up to which both were compared
   * @param kind {@code rows} or {@code files}
   * @param added how many there would be more
   * @param removed how many would go
   * @param changed how many would not be the same
   * @param columnsAdded columns of a table that only the new one has
   * @param columnsRemoved columns of a table that only the present one has
   * @param first the first of them by key
   */
  public record Report(
      String projection,
      int oldVersion,
      int newVersion,
      long sequence,
      String kind,
      long added,
      long removed,
      long changed,
      List<String> columnsAdded,
      List<String> columnsRemoved,
      List<Changed> first) {

    /** Copies the lists. */
    public Report {
      columnsAdded = List.copyOf(columnsAdded);
      columnsRemoved = List.copyOf(columnsRemoved);
      first = List.copyOf(first);
    }

    /** Whether nothing would change. */
    public boolean same() {
      return added + removed + changed == 0 && columnsAdded.isEmpty() && columnsRemoved.isEmpty();
    }
  }

  /**
   * Compares.
   *
   * @param projection the new version; not open
   * @param scratch an empty directory on the file system of the outputs; deleted by the caller
   * @param most rows or files that are named
   * @param progress hears of the sequences, as the step of the projection's name
   * @throws dev.ringfold.SegmentRetiredException when the journal no longer has all events
   */
  public static Report run(
      EventLogReader log,
      Projection projection,
      Path outputs,
      Path snapshots,
      Path scratch,
      int most,
      WorkProgress progress)
      throws IOException {
    ProjectionContext context = OutputRebuild.closedContext(log, projection, outputs, snapshots);
    int oldVersion = projection.outputVersion(context).orElse(0);
    Optional<MetricTable> table = table(projection, outputs);
    if (table.isPresent()) {
      MetricTable before = table.get();
      ScratchFold fold = ScratchFold.run(log, projection, scratch, before.sequence(), progress);
      MetricTable after = MetricTable.open(fold.context().output(projection.outputNames().get(0)));
      return new TableDiff(before, after, most).run(projection, oldVersion);
    }
    return files(log, projection, context, scratch, most, oldVersion, progress);
  }

  private static Optional<MetricTable> table(Projection projection, Path outputs)
      throws IOException {
    if (projection.outputNames().size() != 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(MetricTable.open(outputs.resolve(projection.outputNames().get(0))));
    } catch (NoSuchFileException noTable) {
      return Optional.empty();
    }
  }

  private static Report files(
      EventLogReader log,
      Projection projection,
      ProjectionContext context,
      Path scratch,
      int most,
      int oldVersion,
      WorkProgress progress)
      throws IOException {
    Optional<Position> stands = OutputRebuild.standsAt(log, projection, context);
    long upTo = stands.isPresent() ? stands.get().sequence() : Long.MAX_VALUE;
    ScratchFold fold = ScratchFold.run(log, projection, scratch, upTo, progress);
    Map<String, Hashed> after =
        OutputHashes.of(projection, fold.committed(), fold.context(), fold.names());
    Map<String, Hashed> before;
    try {
      before = OutputHashes.of(projection, stands.orElse(fold.committed()), context, fold.names());
    } catch (NoSuchFileException none) {
      before = Map.of();
    }
    return report(projection, oldVersion, fold.committed().sequence(), before, after, most);
  }

  private static Report report(
      Projection projection,
      int oldVersion,
      long sequence,
      Map<String, Hashed> before,
      Map<String, Hashed> after,
      int most) {
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    Map<Change, Long> counts = new EnumMap<>(Change.class);
    List<Changed> first = new ArrayList<>();
    for (String name : names) {
      Hashed old = before.get(name);
      Hashed made = after.get(name);
      if (old != null && made != null && Objects.equals(hash(old), hash(made))) {
        continue;
      }
      Change change = old == null ? Change.ADDED : made == null ? Change.REMOVED : Change.CHANGED;
      counts.merge(change, 1L, Long::sum);
      if (first.size() < most) {
        String text =
            (old == null ? "none" : hash(old)) + " -> " + (made == null ? "none" : hash(made));
        first.add(new Changed(name, change, text));
      }
    }
    return new Report(
        projection.name(),
        oldVersion,
        projection.version(),
        sequence,
        "files",
        counts.getOrDefault(Change.ADDED, 0L),
        counts.getOrDefault(Change.REMOVED, 0L),
        counts.getOrDefault(Change.CHANGED, 0L),
        List.of(),
        List.of(),
        first);
  }

  private static String hash(Hashed file) {
    return file.content().isEmpty() ? file.sha256() : file.content();
  }
}
