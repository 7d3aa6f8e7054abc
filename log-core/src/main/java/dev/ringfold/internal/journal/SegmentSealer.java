// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a finished segment into a sealed one: the file is cut to its used length, which releases
 * the preallocated rest, the index and the keys are saved beside it, and the manifest says sealed.
 * The SHA-256 follows when there is time. Cold path; safe to repeat after a crash at any point.
 */
public final class SegmentSealer {
  private static final int HASH_BUFFER_BYTES = 1 << 20;

  /** Writes what else belongs beside a sealed segment, such as its idempotency keys. */
  public interface Companion {
    /** Writes the companion files of a segment that ends at {@code entry}'s last sequence. */
    void write(Path folder, SegmentEntry entry);
  }

  private final Path store;
  private final ManifestStore manifests;
  private final Companion companion;

  public SegmentSealer(Path store, ManifestStore manifests, Companion companion) {
    this.store = store;
    this.manifests = manifests;
    this.companion = companion;
  }

  /** Seals a segment this process has written. */
  public void seal(SegmentWriter writer) {
    SegmentEntry entry = writer.finished();
    SegmentIndex index = writer.index().view();
    writer.close();
    seal(entry, index);
  }

  /** Seals a segment whose end is known; the index is rebuilt by the caller where it is missing. */
  void seal(SegmentEntry entry, SegmentIndex index) {
    Path folder = SegmentFiles.folder(store, entry.number());
    Path file = SegmentFiles.queueFile(folder);
    FaultPoint.hit("seal.beforeTruncate");
    truncate(file, entry.length());
    FaultPoint.hit("seal.beforeIndex");
    SegmentIndexFile.write(
        SegmentFiles.indexFile(folder),
        store.resolve(ManifestFile.TEMPORARY_DIRECTORY),
        manifests.current().writerBytesOf(entry),
        entry.number(),
        index);
    companion.write(folder, entry);
    FaultPoint.hit("seal.afterIndex");
    StoreSecurity.restrictReadOnly(file);
    manifests.update(manifest -> manifest.withSegment(entry));
    manifests.persist();
  }

  private static void truncate(Path file, long length) {
    if (StoreSecurity.isReadOnly(file)) {
      if (file.toFile().length() == length) {
        return; // An earlier try, or a process that died, came further: it is cut and forced.
      }
      StoreSecurity.restrict(file);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (channel.size() != length) {
        channel.truncate(length);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new StoreAccessException("Cannot cut " + file + " to " + length + " bytes", e);
    }
  }

  /** Hashes one sealed segment that has no hash yet; false when there is none. */
  boolean hashOldestUnhashed(BooleanSupplier goOn) {
    for (SegmentEntry entry : manifests.current().segments()) {
      if (entry.sealed() && !entry.cut() && entry.sha256() == null) {
        String hash = sha256(SegmentFiles.queueFile(store, entry.number()), goOn);
        if (hash == null) {
          return false;
        }
        manifests.update(manifest -> withHash(manifest, entry.number(), hash));
        manifests.persist();
        return true;
      }
    }
    return false;
  }

  /**
   * The entry with its hash, which is made now when it is not known yet; a cut one has none, nor
   * one where {@code goOn} said stop.
   */
  public SegmentEntry hashed(SegmentEntry entry, BooleanSupplier goOn) {
    if (entry.sha256() != null || entry.cut()) {
      return entry;
    }
    String hash = sha256(SegmentFiles.queueFile(store, entry.number()), goOn);
    return hash == null ? entry : entry.withSha256(hash);
  }

  private static Manifest withHash(Manifest manifest, long number, String hash) {
    SegmentEntry entry = manifest.segment(number);
    return entry == null ? manifest : manifest.withSegment(entry.withSha256(hash));
  }

  /** SHA-256 of a file in hex; null when {@code goOn} said stop or the file is gone. */
  static @Nullable String sha256(Path file, BooleanSupplier goOn) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocateDirect(HASH_BUFFER_BYTES);
      while (channel.read(buffer) >= 0) {
        if (!goOn.getAsBoolean()) {
          return null;
        }
        digest.update(buffer.flip());
        buffer.clear();
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchFileException retired) {
      return null;
    } catch (IOException e) {
      throw new StoreAccessException("Cannot hash " + file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Removes the folder of a segment that was prepared and never begun, or has been retired. */
  void discard(long number) {
    Path folder = SegmentFiles.folder(store, number);
    DirectoryTree.delete(folder);
    DurableFile.forceDirectory(SegmentFiles.journal(store));
  }
}
