// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import dev.ringfold.LogClosedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@link KeyFile}s of a store's sealed segments. Thread-safe: the segments thread adds and
 * removes, any thread looks up in an immutable {@link Snapshot}. The protocol with the journal
 * thread is described at {@link KeyWindow}.
 *
 * <p>The filters of the newest files stay in memory up to {@link #FILTER_BYTES_MAX}; of the files
 * about {@link #OPEN_FILES_MAX} stay open, those used last. Look-ups in the other files cost one
 * 64-byte read each.
 */
public final class SealedKeys implements AutoCloseable {
  /** Files kept open. */
  public static final int OPEN_FILES_MAX = 64;

  /** Off-heap bytes of filters kept in memory: enough for 30 million keys. */
  public static final long FILTER_BYTES_MAX = 64L << 20;

  private final int openFilesMax;
  private final long filterBytesMax;
  private final LinkedHashSet<KeyFile> recentlyUsed = new LinkedHashSet<>();
  private volatile Snapshot current = new Snapshot(List.of(), 0);
  private long retiredEnd; // guarded by this
  private volatile boolean closed;

  /** An empty set. */
  public SealedKeys() {
    this(OPEN_FILES_MAX, FILTER_BYTES_MAX);
  }

  SealedKeys(int openFilesMax, long filterBytesMax) {
    this.openFilesMax = openFilesMax;
    this.filterBytesMax = filterBytesMax;
  }

  /** The files of one moment. For any thread; needs no closing. */
  public final class Snapshot {
    private final List<KeyFile> files;
    private final long endSequence;

    private Snapshot(List<KeyFile> files, long retiredEnd) {
      this.files = files;
      this.endSequence = contiguousEnd(files, retiredEnd);
    }

    /**
     * Every key below this sequence that the store still holds is found by {@link #find}: the end
     * of the last file before the first gap. Without files the end of what was retired, or 0.
     */
    public long endSequence() {
      return endSequence;
    }

    /**
     * The entry of a key, or null. Keys of segments that retention has deleted since are not found.
     *
     * @throws dev.ringfold.CorruptJournalException when a block that had to be read is damaged
     * @throws LogClosedException after {@link SealedKeys#close()}
     */
    public @Nullable KeyEntry find(long hi, long lo) {
      // Newest first: repeats are most often of something recent.
      for (int i = files.size() - 1; i >= 0; i--) {
        KeyEntry entry = findIn(files.get(i), hi, lo);
        if (entry != null) {
          return entry;
        }
      }
      if (closed) {
        throw new LogClosedException("The log is closed; its keys can no longer be looked up.");
      }
      return null;
    }

    /**
     * The sequence stored under a key, or -1 when it is not in a sealed segment that begins below
     * the given sequence.
     */
    public long findSequence(long hi, long lo, long belowSequence) {
      KeyEntry entry = find(hi, lo);
      return entry == null || entry.sequence() >= belowSequence ? -1 : entry.sequence();
    }

    /** Whether the keys of a segment are here. */
    public boolean holds(long segment) {
      return files.stream().anyMatch(file -> file.segment() == segment);
    }

    /** Files in this snapshot. */
    public int files() {
      return files.size();
    }

    /**
     * Fills an empty window with the newest keys, and sets its floor to the first sequence that was
     * loaded completely. For recovery, before the keys of unsealed segments are added.
     */
    public void loadInto(KeyWindow window) {
      int first = files.size();
      long keys = 0;
      while (first > 0 && keys < window.capacity()) {
        first--;
        keys += files.get(first).count();
      }
      if (first < files.size()) {
        window.raiseFloor(files.get(first).firstSequence());
      }
      for (KeyFile file : files.subList(first, files.size())) {
        file.readAll().forEachKey(new FirstOnly(window));
        file.release();
      }
    }
  }

  /** Adds a key to a window unless it is there: a store may hold a key twice after a repair. */
  private record FirstOnly(KeyWindow window) implements KeyVisitor {
    @Override
    public void key(long hi, long lo, long payloadHash, long sequence, int count, long logTime) {
      if (!window.find(hi, lo)) {
        window.add(hi, lo, payloadHash, sequence, count, logTime);
      }
    }
  }

  /** The files as they are now. */
  public Snapshot snapshot() {
    return current;
  }

  /**
   * Adds the keys of a sealed segment; takes over the file. Every sealed segment needs one, also
   * one without keys.
   *
   * @throws IllegalArgumentException when the file is not of keys, or the segment is there already
   * @throws dev.ringfold.CorruptJournalException when its filter is damaged; it is not added then
   */
  public synchronized void add(KeyFile file) {
    requireAddable(file);
    if (file.filterBytes() <= filterBytesMax) {
      file.loadFilter();
    }
    List<KeyFile> files = new ArrayList<>(current.files);
    files.add(file);
    files.sort(Comparator.comparingLong(KeyFile::segment));
    current = new Snapshot(List.copyOf(files), retiredEnd);
    dropOldFilters(files);
    file.release();
  }

  /**
   * As {@link #remove} for a segment that retention deletes, the oldest there is; call it before
   * the deletion. Its keys count as looked up from now on, although nobody remembers them.
   *
   * @return whether there was one
   */
  public synchronized boolean retire(long segment) {
    for (KeyFile file : current.files) {
      if (file.segment() == segment) {
        retiredEnd = Math.max(retiredEnd, file.endSequence());
      }
    }
    return remove(segment);
  }

  /**
   * Removes and closes the file of a segment that will be added again.
   *
   * @return whether there was one
   */
  public synchronized boolean remove(long segment) {
    List<KeyFile> files = new ArrayList<>(current.files);
    for (KeyFile file : current.files) {
      if (file.segment() == segment) {
        files.remove(file);
        current = new Snapshot(List.copyOf(files), retiredEnd);
        recentlyUsed.remove(file);
        file.close();
        return true;
      }
    }
    return false;
  }

  /** Closes every file; look-ups fail from now on. */
  @Override
  public synchronized void close() {
    closed = true;
    current.files.forEach(KeyFile::close);
    recentlyUsed.clear();
  }

  /** Off-heap bytes of filters in memory. */
  public long memoryBytes() {
    return current.files.stream()
        .filter(KeyFile::filterLoaded)
        .mapToLong(KeyFile::filterBytes)
        .sum();
  }

  /** Files that are open now, about. */
  synchronized int openFiles() {
    return recentlyUsed.size();
  }

  private @Nullable KeyEntry findIn(KeyFile file, long hi, long lo) {
    try {
      if (!file.filterLoaded()) {
        touch(file);
      }
      if (!file.mayHold(hi, lo, 0)) {
        return null;
      }
      touch(file);
      return file.search(hi, lo, 0);
    } catch (IllegalStateException closedMeanwhile) {
      if (!closed && current.files.contains(file)) {
        throw closedMeanwhile;
      }
      return null;
    }
  }

  private void requireAddable(KeyFile file) {
    if (closed) {
      throw new LogClosedException("The log is closed; no keys can be added.");
    }
    if (file.content() != KeyFile.Content.KEYS) {
      throw new IllegalArgumentException(
          file.path() + " holds " + file.content() + "; expected " + KeyFile.Content.KEYS);
    }
    if (current.files.stream().anyMatch(other -> other.segment() == file.segment())) {
      throw new IllegalArgumentException("the keys of segment " + file.segment() + " are here");
    }
  }

  private void dropOldFilters(List<KeyFile> files) {
    long bytes = 0;
    for (int i = files.size() - 1; i >= 0; i--) {
      KeyFile file = files.get(i);
      if (file.filterLoaded()) {
        bytes += file.filterBytes();
        if (bytes > filterBytesMax) {
          bytes -= file.filterBytes();
          file.dropFilter();
        }
      }
    }
  }

  private synchronized void touch(KeyFile file) {
    recentlyUsed.remove(file);
    recentlyUsed.add(file);
    if (recentlyUsed.size() > openFilesMax) {
      KeyFile eldest = recentlyUsed.iterator().next();
      recentlyUsed.remove(eldest);
      eldest.release();
    }
  }

  private static long contiguousEnd(List<KeyFile> files, long retiredEnd) {
    long end = files.isEmpty() ? retiredEnd : files.get(0).firstSequence();
    for (KeyFile file : files) {
      if (file.firstSequence() != end) {
        break;
      }
      end = file.endSequence();
    }
    return end;
  }
}
