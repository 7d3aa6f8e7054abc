// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of the sealed segments that were asked for last. Any thread; an index whose file does
 * not serve is built from the frames once and kept.
 */
public final class SegmentIndexCache {
  /** Most indexes kept; one of a full segment takes about 130 KiB. */
  public static final int CAPACITY = 64;

  private final Path store;
  private final Manifest lineage;
  private final Map<Long, SegmentIndex> indexes =
      new LinkedHashMap<>(CAPACITY * 2, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, SegmentIndex> eldest) {
          return size() > CAPACITY;
        }
      };

  /**
   * Creates an empty cache for a store.
   *
   * @param lineage the store's manifest, for the ids of those that wrote its segments
   */
  public SegmentIndexCache(Path store, Manifest lineage) {
    this.store = store;
    this.lineage = lineage.withSegments(List.of());
  }

  /**
   * The index of a sealed segment; null for an open one.
   *
   * @throws dev.ringfold.StoreAccessException when neither index nor frames can be read
   */
  public @Nullable SegmentIndex index(SegmentEntry entry) {
    if (!entry.sealed()) {
      return null;
    }
    Long number = entry.number();
    synchronized (indexes) {
      SegmentIndex known = indexes.get(number);
      if (known != null) {
        return known;
      }
    }
    SegmentIndex index = SegmentIndexFile.readOrRebuild(store, lineage.writerBytesOf(entry), entry);
    synchronized (indexes) {
      indexes.put(number, index);
    }
    return index;
  }

  /** Forgets a segment that retention has deleted. */
  public void remove(long segment) {
    synchronized (indexes) {
      indexes.remove(segment);
    }
  }
}
