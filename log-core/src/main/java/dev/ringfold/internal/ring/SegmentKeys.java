// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentScan;
import dev.ringfold.internal.journal.SegmentSealer;
import dev.ringfold.internal.keys.ConditionIndex;
import dev.ringfold.internal.keys.KeyEntries;
import dev.ringfold.internal.keys.KeyFile;
import dev.ringfold.internal.keys.SealedKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The idempotency keys and tags of each segment, on their way into the files {@code keys} and
 * {@code tags} that are written when the segment is sealed. Both are derived from the frames: a
 * missing or damaged one is made again from its segment at open.
 */
public final class SegmentKeys implements SegmentSealer.Companion {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentKeys.class);

  private final Path store;
  private final Manifest lineage;
  private final SealedKeys sealed = new SealedKeys();
  private final Map<Long, KeysAndTags> bySegment = new ConcurrentHashMap<>();
  private KeysAndTags current = new KeysAndTags();

  /**
   * @param lineage the store's manifest, for the ids of those that wrote its segments
   */
  public SegmentKeys(Path store, Manifest lineage) {
    this.store = store;
    this.lineage = lineage.withSegments(List.of());
  }

  /** The thread that writes or replays frames: what comes now belongs to this segment. */
  void begin(long segment) {
    current = new KeysAndTags();
    bySegment.put(segment, current);
  }

  void addKey(long hi, long lo, long hash, long sequence, int count, long logTimeNanos) {
    current.keys().addKey(hi, lo, hash, sequence, count, logTimeNanos);
  }

  void addTag(int type, long hi, long lo, long sequence) {
    current.tags().addPair(type, hi, lo, sequence);
  }

  /**
   * Whether the segment should end because of its many keys. Keys leave the window only after they
   * are sealed, so a segment must not hold more of them than the window is meant to.
   */
  boolean isFull(int windowCapacity) {
    return current.keys().count() >= Math.min(windowCapacity, KeyEntries.ROLL_COUNT)
        || current.tags().count() >= 2 * KeyEntries.ROLL_COUNT;
  }

  /** The keys of sealed segments, for callers that look before they append. */
  public SealedKeys sealed() {
    return sealed;
  }

  @Override
  public void write(Path folder, SegmentEntry entry) {
    KeysAndTags entries = bySegment.get(entry.number());
    save(entry, entries == null ? scan(store, entry) : entries);
    sealed.remove(entry.number());
    sealed.add(KeyFile.open(SegmentFiles.keysFile(folder)));
    bySegment.remove(entry.number()); // Only now: sealing is tried again when it fails.
  }

  private void save(SegmentEntry entry, KeysAndTags entries) {
    save(store, lineage.writerBytesOf(entry), entry, entries);
  }

  private static void save(Path store, byte[] storeId, SegmentEntry entry, KeysAndTags entries) {
    Path folder = SegmentFiles.folder(store, entry.number());
    Path temporary = store.resolve(ManifestFile.TEMPORARY_DIRECTORY);
    long end = entry.lastSequence() + 1;
    KeyFile.write(
        SegmentFiles.keysFile(folder),
        temporary,
        KeyFile.Content.KEYS,
        storeId,
        entry.number(),
        entry.firstSequence(),
        end,
        entries.keys());
    KeyFile.write(
        SegmentFiles.tagsFile(folder),
        temporary,
        KeyFile.Content.CONDITIONS,
        storeId,
        entry.number(),
        entry.firstSequence(),
        end,
        entries.tags());
  }

  /**
   * Opens the key files of all sealed segments but the last, which recovery reads anyway, and loads
   * the newest tags.
   */
  void load(List<SegmentEntry> segments, ConditionIndex conditions, int tagCapacity) {
    List<KeyFile> tagFiles = new ArrayList<>();
    for (SegmentEntry entry : segments) {
      Path folder = SegmentFiles.folder(store, entry.number());
      sealed.add(openOrRebuild(SegmentFiles.keysFile(folder), entry));
      tagFiles.add(openOrRebuild(SegmentFiles.tagsFile(folder), entry));
    }
    int first = tagFiles.size();
    long tags = 0;
    while (first > 0 && tags < tagCapacity) {
      first--;
      tags += tagFiles.get(first).count();
    }
    if (first < tagFiles.size()) {
      conditions.raiseFloor(tagFiles.get(first).firstSequence());
    }
    for (KeyFile file : tagFiles.subList(first, tagFiles.size())) {
      file.readAll().forEachPair(conditions::add);
    }
    tagFiles.forEach(KeyFile::close);
  }

  /** Adds the key file of a segment that was not in {@link #load}. */
  void addSealed(SegmentEntry entry) {
    bySegment.remove(entry.number());
    if (!sealed.snapshot().holds(entry.number())) {
      sealed.add(
          openOrRebuild(SegmentFiles.keysFile(SegmentFiles.folder(store, entry.number())), entry));
    }
  }

  private KeyFile openOrRebuild(Path file, SegmentEntry entry) {
    if (Files.exists(file)) {
      try {
        KeyFile opened = KeyFile.open(file);
        if (opened.segment() == entry.number()
            && opened.firstSequence() == entry.firstSequence()
            && opened.endSequence() == entry.lastSequence() + 1) {
          return opened;
        }
        opened.close();
      } catch (CorruptJournalException | StoreAccessException e) {
        LOG.warn("Making {} again from its segment: {}", file, e.getMessage());
      }
    }
    rebuild(entry);
    return KeyFile.open(file);
  }

  private void rebuild(SegmentEntry entry) {
    KeysAndTags entries = scan(store, entry);
    save(entry, entries);
  }

  private static KeysAndTags scan(Path store, SegmentEntry entry) {
    KeysAndTags entries = new KeysAndTags();
    SegmentScan.scan(store, entry, entry.before(), entries);
    return entries;
  }

  /**
   * What writes the key files of segments that come from elsewhere: it reads each segment again.
   *
   * @param manifest says who wrote a segment
   */
  public static SegmentSealer.Companion fromFrames(Path store, Manifest manifest) {
    return (folder, entry) -> save(store, manifest.writerBytesOf(entry), entry, scan(store, entry));
  }
}
