// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.CorruptJournalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of sequences that may hold what a query looks for: from the files of an index, and
 * everything that no file speaks about. One file is in memory at a time.
 */
final class IndexedRuns implements SequenceRanges.RunSource {
  private static final Logger LOG = LoggerFactory.getLogger(IndexedRuns.class);

  private final List<Path> files;
  private final IndexQuery query;
  private int nextFile;

  /** The next sequence to look at. */
  private long at;

  private boolean done;
  private long runFirst;
  private long runLast;

  private long[] bits = {};
  private long[] other = {};
  private @Nullable RangeFile current;

  /**
   * @param files of the index, in order
   */
  IndexedRuns(List<Path> files, IndexQuery query) {
    this.files = files;
    this.query = query;
    this.at = query.fromSequence();
  }

  @Override
  public long runFirst() {
    return runFirst;
  }

  @Override
  public long runLast() {
    return runLast;
  }

  @Override
  public boolean advance() {
    while (!done && at <= query.toSequence()) {
      RangeFile file = current;
      if (file != null) {
        if (advanceIn(file)) {
          return true;
        }
        current = null;
        continue;
      }
      if (nextFile == files.size()) {
        done = true;
        return run(at, query.toSequence());
      }
      long first = IndexFiles.first(files.get(nextFile));
      if (at < first) {
        return run(at, Math.min(first - 1, query.toSequence()));
      }
      if (!load(files.get(nextFile++))) {
        // Behind it the next file speaks, or nothing does: then the loop ends with all the rest.
        long next =
            nextFile < files.size() ? IndexFiles.first(files.get(nextFile)) : Long.MAX_VALUE;
        if (at < next && next < Long.MAX_VALUE) {
          return run(at, Math.min(next - 1, query.toSequence()));
        }
      }
    }
    return false;
  }

  private boolean run(long first, long last) {
    runFirst = first;
    runLast = last;
    if (last == Long.MAX_VALUE) {
      done = true;
    } else {
      at = last + 1;
    }
    return true;
  }

  private boolean advanceIn(RangeFile file) {
    int end = file.grain().range();
    int place = PlaceBits.next(bits, (int) (at - file.first()), end, true);
    if (place == end) {
      at = file.first() + end;
      return false;
    }
    int behind = PlaceBits.next(bits, place, end, false);
    long first = file.first() + place;
    if (first > query.toSequence()) {
      done = true;
      return false;
    }
    return run(first, Math.min(file.first() + behind - 1, query.toSequence()));
  }

  /** Marks what a file knows; false when it does not reach to where we are, or cannot be read. */
  private boolean load(Path path) {
    try {
      RangeFile file = RangeFile.read(path);
      int range = file.grain().range();
      if (file.first() != IndexFiles.first(path) || at >= file.first() + range) {
        return true;
      }
      if (bits.length != PlaceBits.of(range).length) {
        bits = PlaceBits.of(range);
        other = PlaceBits.of(range);
      }
      Arrays.fill(bits, 0);
      file.mark(query, bits, other);
      current = file;
      return true;
    } catch (CorruptJournalException | IOException | IndexOutOfBoundsException e) {
      // Also when it was deleted just now: a rebuild, or a reset.
      LOG.warn("Index: {} is passed over, the log is read instead", path, e);
      return false;
    }
  }
}
