// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.internal.journal.LeaseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One garbage collection, or the plan of one. Each deletion asks the registrations again, under
 * their lock. One thread; the store runs one at a time.
 */
final class BlobCollector {
  /** What one run may copy, so that it ends; the rest waits for the next. */
  static final long MAX_REPACK_BYTES = 256L << 20;

  /** A pack is repacked when less than 1 of this many bytes is live. */
  private static final int SPARSE_DIVISOR = 2;

  private static final Logger LOG = LoggerFactory.getLogger(BlobCollector.class);

  private enum Verdict {
    REFERENCED,
    REGISTERED,
    YOUNG,
    GARBAGE
  }

  private final BlobStore store;
  private final Predicate<BlobId> referenced;
  private final long minAgeNanos;
  private final boolean dryRun;
  private final @Nullable Set<BlobId> only;
  private final boolean leased;
  private final long nowNanos;
  private final List<SparsePack> sparse = new ArrayList<>();

  private long blobs;
  private long blobBytes;
  private long packs;
  private long packBytes;
  private long repacked;
  private long repackedBytes;
  private long newPackBytes;
  private long bytesCopied;
  private long keptReferenced;
  private long keptRegistered;
  private long keptYoung;
  private long keptDamaged;
  private long postponed;

  /**
   * @param only the blobs that may go, or null for all
   */
  BlobCollector(
      BlobStore store,
      Predicate<BlobId> referenced,
      long minAgeNanos,
      boolean dryRun,
      @Nullable Set<BlobId> only) {
    this.store = store;
    this.referenced = referenced;
    this.minAgeNanos = minAgeNanos;
    this.dryRun = dryRun;
    this.only = only;
    this.nowNanos = store.environment().logTimeNanos();
    // After the references: who leases the blobs later reads every event that they come from.
    Instant now = Instant.ofEpochSecond(0, nowNanos);
    this.leased = LeaseFile.keepsBlobs(store.store(), now, !dryRun);
  }

  void run() throws IOException {
    Set<BlobId> candidates = only;
    if (candidates == null) {
      runAll();
    } else {
      run(candidates);
    }
    repackAll();
  }

  private void run(Set<BlobId> candidates) throws IOException {
    Set<PackTable.Pack> holding = new LinkedHashSet<>();
    for (BlobId id : candidates.stream().sorted().toList()) {
      single(id, store.environment().files().single(id));
      PackTable.Pack pack = store.index().packs().holding(id);
      if (pack != null) {
        holding.add(pack);
      }
    }
    for (PackTable.Pack pack : holding) {
      pack(pack);
    }
  }

  private void runAll() throws IOException {
    for (Path directory : store.environment().files().singleDirectories()) {
      for (Path path : BlobFiles.entries(directory)) {
        BlobId id = BlobFiles.singleId(path);
        if (id != null) {
          single(id, path);
        }
      }
    }
    for (PackTable.Pack pack : store.index().packs().packs()) {
      pack(pack);
    }
    keptDamaged += store.index().packs().damaged().size();
  }

  GcPlan plan() {
    return new GcPlan(
        blobs,
        blobBytes,
        packs,
        packBytes,
        repacked,
        bytesCopied,
        keptReferenced,
        keptRegistered,
        keptYoung);
  }

  GcReport report() {
    return new GcReport(
        blobs,
        packs,
        repacked,
        blobBytes + packBytes + repackedBytes - newPackBytes,
        bytesCopied,
        keptReferenced,
        keptRegistered,
        keptYoung,
        keptDamaged,
        postponed);
  }

  private void single(BlobId id, Path path) throws IOException {
    BasicFileAttributes attributes = BlobFiles.file(path);
    if (attributes == null) {
      return;
    }
    Verdict verdict = verdict(id, attributes);
    if (verdict == Verdict.GARBAGE && !delete(List.of(id), path)) {
      verdict = Verdict.REGISTERED;
    }
    if (verdict == Verdict.GARBAGE) {
      blobs++;
      blobBytes += attributes.size();
    } else {
      countKept(verdict);
    }
  }

  private Verdict verdict(BlobId id, BasicFileAttributes attributes) {
    if ((only != null && !only.contains(id)) || referenced.test(id)) {
      return Verdict.REFERENCED;
    }
    if (leased || store.registrations().contains(id)) {
      return Verdict.REGISTERED;
    }
    return young(attributes) ? Verdict.YOUNG : Verdict.GARBAGE;
  }

  private boolean young(BasicFileAttributes attributes) {
    return nowNanos - BlobFiles.modifiedNanos(attributes) < minAgeNanos;
  }

  private void countKept(Verdict verdict) {
    if (verdict == Verdict.REFERENCED) {
      keptReferenced++;
    } else if (verdict == Verdict.REGISTERED) {
      keptRegistered++;
    } else {
      keptYoung++;
    }
  }

  private boolean delete(List<BlobId> ids, Path path) throws IOException {
    if (dryRun) {
      return true;
    }
    boolean deleted =
        store
            .registrations()
            .deleteUnlessRegistered(
                ids,
                () ->
                    store
                        .environment()
                        .forces()
                        .change(BlobFiles.parent(path), () -> Files.delete(path)));
    if (deleted) {
      store.environment().hit(BlobHooks.GC_DELETED);
    }
    return deleted;
  }

  /** A pack goes as a whole, is repacked when it is sparse, or stays. */
  private void pack(PackTable.Pack pack) throws IOException {
    BasicFileAttributes attributes = BlobFiles.file(pack.path());
    List<PackFormat.Entry> entries = attributes == null ? null : readIndex(pack.path());
    if (attributes == null || entries == null) {
      keptDamaged++;
      return;
    }
    List<PackFormat.Entry> live = new ArrayList<>();
    long allBytes = 0;
    long liveBytes = 0;
    Verdict verdict = young(attributes) ? Verdict.YOUNG : Verdict.GARBAGE;
    for (PackFormat.Entry entry : entries) {
      allBytes += entry.length();
      Verdict ofEntry = entryVerdict(pack, entry.id(), attributes);
      if (ofEntry == Verdict.REFERENCED || ofEntry == Verdict.REGISTERED) {
        live.add(entry);
        liveBytes += entry.length();
        verdict = verdict == Verdict.REFERENCED ? verdict : ofEntry;
      }
    }
    if (verdict == Verdict.GARBAGE && deletePack(pack, entries)) {
      packs++;
      packBytes += attributes.size();
    } else if (verdict != Verdict.GARBAGE
        && !young(attributes)
        && liveBytes < allBytes / SPARSE_DIVISOR) {
      sparse.add(new SparsePack(pack, entries, live));
    } else {
      countKept(verdict == Verdict.GARBAGE ? Verdict.REGISTERED : verdict);
    }
  }

  /** An entry that readers find in another pack is garbage here, whoever refers to it. */
  private Verdict entryVerdict(PackTable.Pack pack, BlobId id, BasicFileAttributes attributes) {
    return store.index().packs().livesIn(pack, id) ? verdict(id, attributes) : Verdict.GARBAGE;
  }

  private @Nullable List<PackFormat.Entry> readIndex(Path path) throws IOException {
    try {
      return PackTable.readIndex(path);
    } catch (CorruptBlobException | NoSuchFileException bad) {
      LOG.error("Garbage collection leaves {} alone", path, bad);
      return null;
    }
  }

  private boolean deletePack(PackTable.Pack pack, List<PackFormat.Entry> entries)
      throws IOException {
    if (dryRun) {
      return true;
    }
    List<BlobId> ids =
        entries.stream()
            .map(PackFormat.Entry::id)
            .filter(id -> store.index().packs().livesIn(pack, id))
            .toList();
    boolean deleted =
        store
            .registrations()
            .deleteUnlessRegistered(
                ids,
                () -> {
                  store.index().packs().remove(pack, entries);
                  store
                      .environment()
                      .forces()
                      .change(store.environment().files().packs, () -> Files.delete(pack.path()));
                });
    if (deleted) {
      store.environment().hit(BlobHooks.GC_PACK_DELETED);
    }
    return deleted;
  }

  /** Copies the live entries of sparse packs together, group by group, up to the limit. */
  private void repackAll() throws IOException {
    List<SparsePack> group = new ArrayList<>();
    long groupBytes = 0;
    long groupEntries = 0;
    for (SparsePack one : sparse) {
      if (bytesCopied + groupBytes + one.liveBytes() > MAX_REPACK_BYTES) {
        postponed++;
        continue;
      }
      boolean fits =
          groupBytes + one.liveBytes() <= store.environment().limits().maxPackBytes()
              && groupEntries + one.live().size() <= PackFormat.MAX_ENTRIES;
      if (!fits && !group.isEmpty()) {
        repack(group);
        group.clear();
        groupBytes = 0;
        groupEntries = 0;
      }
      group.add(one);
      groupBytes += one.liveBytes();
      groupEntries += one.live().size();
    }
    if (!group.isEmpty()) {
      repack(group);
    }
  }

  private void repack(List<SparsePack> group) throws IOException {
    if (dryRun) {
      repacked += group.size();
      bytesCopied += group.stream().mapToLong(SparsePack::liveBytes).sum();
      return;
    }
    PackCopy copy = new PackCopy(store.environment(), store.index().packs());
    copy.run(group);
    bytesCopied += copy.bytesCopied();
    newPackBytes += copy.packBytes();
    keptDamaged += group.size() - copy.copied().size();
    for (SparsePack old : copy.copied()) {
      if (deletePack(old.pack(), old.all())) {
        repacked++;
        repackedBytes += old.pack().length();
      } else {
        postponed++;
      }
    }
  }
}
