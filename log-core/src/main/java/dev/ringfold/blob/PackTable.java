// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which blob lies in which pack, held in memory (about 150 bytes for each packed blob). A damaged
 * pack is remembered and left alone; the others stay readable. Thread-safe.
 */
final class PackTable {
  private static final Logger LOG = LoggerFactory.getLogger(PackTable.class);

  /** Packs may go while they are read, but not for ever. */
  private static final int MAX_ATTEMPTS = 8;

  /**
   * One readable pack.
   *
   * @param path its file
   * @param length of the file in bytes
   */
  record Pack(Path path, long length) {}

  private record Place(Pack pack, long offset, long length) {}

  private final BlobFiles files;
  private final Map<BlobId, Place> places = new ConcurrentHashMap<>();
  private final Map<Path, Pack> packs = new ConcurrentHashMap<>();
  private final Map<Path, CorruptBlobException> damaged = new ConcurrentHashMap<>();

  PackTable(BlobFiles files) {
    this.files = files;
  }

  /**
   * Reads the indexes of packs not known yet and forgets packs that are gone. A repack moves blobs
   * to a pack that may have been there for a while, without a say as the blobs lay elsewhere; so
   * when a pack has gone that blobs were found in, the others are read again.
   */
  synchronized void refresh() throws IOException {
    for (int attempt = 1; !refreshed(); attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        LOG.warn("Packs in {} went {} times while they were read", files.packs, attempt);
        return;
      }
    }
  }

  /** False when a pack went meanwhile: its blobs may be in one that came after the listing. */
  private boolean refreshed() throws IOException {
    List<Path> found = BlobFiles.entries(files.packs);
    Set<Path> there = Set.copyOf(found);
    packs.keySet().retainAll(there);
    if (places.values().removeIf(place -> !there.contains(place.pack.path))) {
      packs.clear();
    }
    damaged.keySet().retainAll(there);
    boolean all = true;
    for (Path path : found) {
      if (BlobFiles.packHash(path) != null
          && !packs.containsKey(path)
          && !damaged.containsKey(path)) {
        all &= load(path);
      }
    }
    return all;
  }

  private boolean load(Path path) throws IOException {
    try {
      List<PackFormat.Entry> entries = readIndex(path);
      BasicFileAttributes attributes = BlobFiles.file(path);
      add(path, attributes == null ? 0 : attributes.size(), entries);
    } catch (CorruptBlobException bad) {
      LOG.error("{}", bad.getMessage());
      damaged.put(path, bad);
    } catch (NoSuchFileException collected) {
      LOG.debug("pack {} was collected while it was looked at", path, collected);
      return false;
    }
    return true;
  }

  static List<PackFormat.Entry> readIndex(Path path) throws IOException {
    if (BlobFiles.file(path) == null) {
      throw new NoSuchFileException(path.toString());
    }
    try (FileChannel channel = BlobFiles.openForReading(path)) {
      return PackFormat.readIndex(channel, path);
    }
  }

  /** Takes a published pack in; blobs that lie elsewhere already stay where they are. */
  synchronized void add(Path path, long length, List<PackFormat.Entry> entries) {
    Pack pack = new Pack(path, length);
    packs.put(path, pack);
    for (PackFormat.Entry entry : entries) {
      places.putIfAbsent(entry.id(), new Place(pack, entry.offset(), entry.length()));
    }
  }

  /** Takes a published pack in that replaces older places of the same blobs. */
  synchronized void replace(Path path, long length, List<PackFormat.Entry> entries) {
    Pack pack = new Pack(path, length);
    packs.put(path, pack);
    for (PackFormat.Entry entry : entries) {
      places.put(entry.id(), new Place(pack, entry.offset(), entry.length()));
    }
  }

  /** Forgets a pack and those of its blobs that readers found there. */
  synchronized void remove(Pack pack, List<PackFormat.Entry> entries) {
    packs.remove(pack.path);
    for (PackFormat.Entry entry : entries) {
      places.computeIfPresent(entry.id(), (id, place) -> place.pack.equals(pack) ? null : place);
    }
  }

  @Nullable BlobPlace find(BlobId id) {
    Place place = places.get(id);
    return place == null ? null : new BlobPlace(place.pack.path, place.offset, place.length, true);
  }

  /** The pack in which readers find this blob, or null. */
  @Nullable Pack holding(BlobId id) {
    Place place = places.get(id);
    return place == null ? null : place.pack;
  }

  /** Whether readers find this blob in this pack. */
  boolean livesIn(Pack pack, BlobId id) {
    Place place = places.get(id);
    return place != null && place.pack.equals(pack);
  }

  boolean contains(BlobId id) {
    return places.containsKey(id);
  }

  Collection<Pack> packs() {
    return List.copyOf(packs.values());
  }

  List<BlobRef> refs() {
    return places.entrySet().stream()
        .map(entry -> new BlobRef(entry.getKey(), entry.getValue().length))
        .toList();
  }

  Map<Path, CorruptBlobException> damaged() {
    return Map.copyOf(damaged);
  }
}
