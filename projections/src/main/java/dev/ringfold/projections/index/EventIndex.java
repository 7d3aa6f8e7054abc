// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which sequences are worth reading when only events of some types, streams, spaces, tags or
 * log times are wanted. Never leaves one out: what the index does not know is to be read. Without
 * an index that is everything.
 *
 * <pre>{@code
 * ProjectionRuntime.builder(log).add(EventIndex.projection()).start();
 *
 * SequenceRanges worth = EventIndex.open(reader, outputs).select(IndexQuery.ALL.types(18, 20));
 * }</pre>
 *
 * <p>Sees the files that were there when it was opened; they never change. Any thread.
 */
public final class EventIndex {
  /** Name of the projection that writes it. */
  public static final String NAME = IndexProjection.NAME;

  private static final Logger LOG = LoggerFactory.getLogger(EventIndex.class);

  private final List<Path> files;

  private EventIndex(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /** The projection that writes the index; a new one for each runtime. */
  public static Projection projection() {
    return new IndexProjection(Grain.DEFAULT);
  }

  /** Directory of the index among the outputs. */
  public static Path directory(Path outputs) {
    return outputs.resolve(IndexFiles.DIRECTORY);
  }

  /** An index that knows nothing: every query is answered with everything. */
  public static EventIndex none() {
    return new EventIndex(List.of());
  }

  /**
   * Opens the index of a log, as far as it is of the history that the log has: its newest position
   * is looked up, which reads one frame.
   *
   * @param outputs directory of the outputs; there need not be an index in it
   * @throws IOException when the directory cannot be read
   */
  public static EventIndex open(EventLogReader log, Path outputs) throws IOException {
    List<Path> files = new ArrayList<>(IndexFiles.list(directory(outputs)));
    while (!files.isEmpty() && !isOf(log, files.get(files.size() - 1))) {
      Path stranger = files.remove(files.size() - 1);
      LOG.warn("Index: {} is not of the history that the log has, it is not used", stranger);
    }
    return new EventIndex(files);
  }

  private static boolean isOf(EventLogReader log, Path file) throws IOException {
    Position position;
    try {
      position = RangeFile.read(file).position();
    } catch (CorruptJournalException e) {
      LOG.warn("Index: {} is damaged", file, e);
      return false;
    }
    if (position.sequence() < log.floorSequence()) {
      return true; // Nobody reads there.
    }
    boolean[] same = {false};
    try (Tailer tailer =
        log.tailer().fromSequence(position.sequence()).upTo(position.sequence()).open()) {
      tailer.poll(event -> same[0] = event.frameCrc() == position.frameCrc(), 1);
    }
    return same[0];
  }

  /** Whether there is nothing in it. */
  public boolean isEmpty() {
    return files.isEmpty();
  }

  /** How many ranges it knows. */
  public int ranges() {
    return files.size();
  }

  /**
   * The sequences that may hold what is looked for. Every event that passes the query is in one of
   * them; so may be others. Behind what the index knows comes one range to the query's end.
   *
   * @return ranges that read the index while they are gone through
   */
  public SequenceRanges select(IndexQuery query) {
    return new SequenceRanges(new IndexedRuns(query.isSelective() ? files : List.of(), query));
  }
}
