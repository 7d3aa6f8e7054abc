// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.salvage;

import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobReader;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.replay.WorkProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The blobs of a damaged store that are intact, copied into a new one.
 *
 * @param blobs how many
 * @param problems what is wrong with the others
 */
record SalvagedBlobs(long blobs, List<String> problems) {
  private static final int BLOBS_PER_SET = 1_024;

  /** Most damaged blobs that are listed one by one. */
  private static final int MAX_PROBLEMS = 10_000;

  static SalvagedBlobs copy(Path store, Path target, WorkProgress progress) throws IOException {
    List<String> problems = new ArrayList<>();
    if (!Files.isDirectory(store.resolve("blobs"))) {
      return new SalvagedBlobs(0, problems);
    }
    long copied = 0;
    try (BlobStore from = BlobStore.openReadOnly(store, BlobLimits.defaults());
        BlobStore to = BlobStore.open(target, () -> 0L, BlobLimits.defaults())) {
      long packs = from.stats().damagedPacks();
      if (packs > 0) {
        problems.add(packs + " packs of small blobs cannot be read, with all blobs in them");
      }
      List<BlobRef> all = from.list().distinct().toList();
      for (int at = 0; at < all.size(); at += BLOBS_PER_SET) {
        progress.tell("blobs", at, all.size());
        List<BlobRef> some = all.subList(at, Math.min(all.size(), at + BLOBS_PER_SET));
        copied += copy(from, to, some, problems);
      }
    }
    return new SalvagedBlobs(copied, problems);
  }

  private static long copy(BlobStore from, BlobStore to, List<BlobRef> refs, List<String> problems)
      throws IOException {
    long copied = 0;
    try (BlobSet set = to.begin("salvage")) {
      for (BlobRef ref : refs) {
        try (BlobReader reader = from.open(ref)) {
          reader.verify();
          set.put(stream(reader));
          copied++;
        } catch (RingfoldException e) {
          if (problems.size() < MAX_PROBLEMS) {
            problems.add("blob " + ref.id().hex() + ": " + e.getMessage());
          }
        }
      }
      set.force();
      set.release();
    }
    return copied;
  }

  private static InputStream stream(BlobReader reader) {
    return new InputStream() {
      private long at;

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        int count = reader.read(at, ByteBuffer.wrap(target, offset, length));
        at += Math.max(0, count);
        return count;
      }
    };
  }
}
