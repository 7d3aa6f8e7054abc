// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.blob.BlobSharing;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.FileLinks;
import dev.ringfold.internal.io.Host;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.ForkPoint;
import dev.ringfold.internal.journal.JournalSource;
import dev.ringfold.internal.journal.LeaseFile;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.ReadLease;
import dev.ringfold.internal.journal.SchemaHistory;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fork in the making: a directory beside its place, filled with links, forced and renamed. One
 * thread.
 */
final class ForkDraft {
  /** How often the parent's retention may come in between. */
  private static final int MAX_TRIES = 8;

  /** What a reader needs before the first open for writing makes the rest. */
  private static final List<String> DIRECTORIES =
      List.of(ManifestFile.TEMPORARY_DIRECTORY, "positions", "holds", "leases");

  private static final String UNFINISHED = ".ringfold-fork-";

  private final JournalSource source;
  private final long sequence;
  private final Path target;
  private final String name;

  ForkDraft(JournalSource source, long sequence, Path target, String name) {
    Manifest.checkName(name);
    this.source = source;
    this.sequence = sequence;
    this.target = target.toAbsolutePath().normalize();
    this.name = name;
  }

  ForkReport make() {
    Path parent = target.getParent();
    if (parent == null || target.startsWith(source.store())) {
      throw new StoreAccessException(
          "A fork cannot be at " + target + ", inside its parent. Choose another directory.");
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreAccessException(
          target + " exists already; a fork is a new directory. Choose another one.");
    }
    try {
      Files.createDirectories(parent);
    } catch (IOException e) {
      throw FileFailure.of("cannot create directory", parent, e);
    }
    sweep(parent);
    Path draft = parent.resolve(UNFINISHED + Host.pid() + "-" + Manifest.randomStoreId());
    StoreSecurity.createDirectory(draft);
    boolean whole = false;
    try {
      ForkReport report = fill(draft);
      FaultPoint.hit("fork.beforeRename");
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      whole = true;
      FaultPoint.hit("fork.renamed");
      DurableFile.forceDirectory(parent);
      return report;
    } catch (IOException e) {
      throw FileFailure.of("cannot move the fork to", target, e);
    } finally {
      if (!whole) {
        DirectoryTree.delete(draft);
      }
    }
  }

  /** Deletes what forks left behind whose process was killed. */
  private static void sweep(Path parent) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, UNFINISHED + "*")) {
      for (Path draft : left) {
        String words = String.valueOf(draft.getFileName()).substring(UNFINISHED.length());
        String pid = words.substring(0, Math.max(0, words.indexOf('-')));
        if (pid.matches("[0-9]{1,18}")
            && ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty()) {
          DirectoryTree.delete(draft);
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot list", parent, e);
    }
  }

  private ForkReport fill(Path draft) {
    for (String directory : DIRECTORIES) {
      StoreSecurity.createDirectory(draft.resolve(directory));
    }
    // What the parent gives up from now on is in no event of the fork.
    try (LeaseFile blobs = LeaseFile.ofBlobs(source.store());
        ReadLease lease = source.lease()) {
      for (int tries = 1; ; tries++) {
        FileLinks links = new FileLinks();
        ForkPoint point = find();
        if (point != null && link(point, lease, draft, links)) {
          return finish(point, draft, links, blobs);
        }
        if (tries == MAX_TRIES) {
          throw new StoreAccessException(
              "The segments of "
                  + source.store()
                  + " are deleted while they are linked, "
                  + MAX_TRIES
                  + " times. Try again.");
        }
        DirectoryTree.delete(SegmentFiles.journal(draft));
      }
    }
  }

  /** Where the fork ends; null when retention has deleted what was looked at meanwhile. */
  private @Nullable ForkPoint find() {
    Manifest before = source.manifest();
    try {
      return ForkPoint.find(source, sequence);
    } catch (CorruptJournalException | StoreAccessException e) {
      if (!before.segments().isEmpty() && retired(before.segments().get(0))) {
        return null;
      }
      throw e;
    }
  }

  private boolean link(ForkPoint point, ReadLease lease, Path draft, FileLinks links) {
    lease.moveTo(point.segments().get(0).number());
    FaultPoint.hit("fork.chosen");
    boolean linked = linkSegments(point, draft, links);
    FaultPoint.hit("fork.linked");
    return linked && !retired(point.segments().get(0));
  }

  /**
   * Retention empties a file only after the manifest on disk has let go of it, and only as long as
   * it has one name; so links that are older than a look at the manifest hold their bytes.
   */
  private boolean retired(SegmentEntry first) {
    Manifest now = ManifestFile.read(source.store());
    return now.segments().isEmpty()
        ? now.floorSequence() > 0
        : now.segments().get(0).number() > first.number();
  }

  private boolean linkSegments(ForkPoint point, Path draft, FileLinks links) {
    StoreSecurity.createDirectory(SegmentFiles.journal(draft));
    for (SegmentEntry entry : point.segments()) {
      Path from = SegmentFiles.folder(source.store(), entry.number());
      Path to = SegmentFiles.folder(draft, entry.number());
      StoreSecurity.createDirectory(to);
      Path file = SegmentFiles.queueFile(to);
      if (!links.link(SegmentFiles.queueFile(from), file, entry.length())) {
        return false;
      }
      if (point.isWhole(entry)) {
        linkIfThere(SegmentFiles.indexFile(from), SegmentFiles.indexFile(to));
        linkIfThere(SegmentFiles.metadataFile(from), SegmentFiles.metadataFile(to));
        linkIfThere(SegmentFiles.keysFile(from), SegmentFiles.keysFile(to));
        linkIfThere(SegmentFiles.tagsFile(from), SegmentFiles.tagsFile(to));
      } else {
        force(file); // The parent may not have forced it yet.
      }
    }
    return true;
  }

  /** What is not there can be made again from the frames. */
  private static void linkIfThere(Path from, Path to) {
    new FileLinks().link(from, to);
  }

  private static void force(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw FileFailure.of("cannot force", file, e);
    }
  }

  private ForkReport finish(ForkPoint point, Path draft, FileLinks links, LeaseFile lease) {
    requireBelieved(point);
    BlobSharing.Shared blobs = BlobSharing.share(source.store(), draft);
    if (lease.isLost()) {
      throw new StoreAccessException(
          "The lease on the blobs of "
              + source.store()
              + " was lost while they were linked, and some may be gone. Try again.");
    }
    FaultPoint.hit("fork.blobsLinked");
    SchemaHistory.inherit(source.store(), draft, point.session());
    Manifest manifest = manifest(point);
    ManifestFile.writeFirst(draft, manifest);
    forceDirectories(point, draft);
    return new ForkReport(
        target,
        manifest.storeId(),
        point.parent().storeId(),
        sequence,
        name,
        point.segments().size(),
        links.copied(),
        links.linkedBytes() + blobs.bytesLinked(),
        links.copiedBytes() + blobs.bytesCopied(),
        blobs.files());
  }

  /** All together in the end: a file system that commits them at once then does so once. */
  private static void forceDirectories(ForkPoint point, Path draft) {
    for (SegmentEntry entry : point.segments()) {
      DurableFile.forceDirectory(SegmentFiles.folder(draft, entry.number()));
    }
    DurableFile.forceDirectory(SegmentFiles.journal(draft));
    DurableFile.forceDirectory(draft);
  }

  /** After a failed force nobody knows what the disk holds of the last segment. */
  private void requireBelieved(ForkPoint point) {
    boolean allWhole = point.segments().stream().allMatch(point::isWhole);
    if (!allWhole && source.manifest().state() == Manifest.State.FAILED) {
      throw new ForkRefusedException(
          "The store "
              + source.store()
              + " has failed: what the disk holds of its last segment is not known. Open it for"
              + " writing first, which finds out, and fork then.",
          ForkRefusedException.NONE,
          ForkRefusedException.NONE);
    }
  }

  private Manifest manifest(ForkPoint point) {
    Manifest parent = point.parent();
    List<Manifest.Lineage> ancestry = new ArrayList<>();
    ancestry.add(new Manifest.Lineage(parent.storeId(), sequence));
    for (Manifest.Lineage ancestor : parent.ancestry()) {
      if (ancestry.size() == Manifest.MAX_ANCESTORS) {
        throw new StoreAccessException(
            source.store()
                + " is a fork of a fork, "
                + Manifest.MAX_ANCESTORS
                + " times, which is as many as there may be. Restore a backup of it first.");
      }
      long shared = Math.min(sequence, ancestor.sequence());
      ancestry.add(new Manifest.Lineage(ancestor.parentStoreId(), shared));
    }
    return new Manifest(
        Manifest.randomStoreId(),
        point.session(),
        Manifest.State.CLEAN,
        sequence,
        parent.floorSequence(),
        ancestry,
        name,
        point.segments());
  }
}
