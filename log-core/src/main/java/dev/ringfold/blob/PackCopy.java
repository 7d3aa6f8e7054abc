// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the live entries of sparse packs into one new pack, checking each, forces it, and lets
 * readers find the entries there. The old packs stay; whoever deletes them asks the registrations.
 * One thread.
 */
final class PackCopy {
  private static final Logger LOG = LoggerFactory.getLogger(PackCopy.class);

  private final BlobEnvironment environment;
  private final PackTable table;
  private final List<SparsePack> copied = new ArrayList<>();
  private long bytesCopied;
  private long packBytes;

  PackCopy(BlobEnvironment environment, PackTable table) {
    this.environment = environment;
    this.table = table;
  }

  void run(List<SparsePack> packs) throws IOException {
    try (PackWriter writer = new PackWriter(environment)) {
      for (SparsePack pack : packs) {
        copyFrom(pack, writer);
      }
      if (writer.entries().isEmpty()) {
        return;
      }
      writer.finish();
      environment.hit(BlobHooks.PACK_WRITTEN);
      Path target = environment.files().pack(writer.file().hash());
      Path directory = environment.files().packs;
      environment.forces().change(directory, () -> writer.file().moveTo(target));
      environment.hit(BlobHooks.PACK_RENAMED);
      environment.forces().force(directory);
      table.replace(target, writer.file().length(), writer.entries());
      packBytes = writer.file().length();
      environment.hit(BlobHooks.GC_REPACKED);
    }
  }

  /** A pack with a damaged entry is kept as it is: what is left of it may be all there is. */
  private void copyFrom(SparsePack from, PackWriter writer) throws IOException {
    try {
      for (PackFormat.Entry entry : from.live()) {
        BlobRef ref = new BlobRef(entry.id(), entry.length());
        BlobPlace place = new BlobPlace(from.pack().path(), entry.offset(), entry.length(), true);
        try (BlobReader reader = BlobReader.open(ref, place, new LongAdder(), () -> {})) {
          writer.append(entry.id(), ByteBuffer.wrap(reader.readWhole()));
        }
        bytesCopied += entry.length();
      }
      copied.add(from);
    } catch (CorruptBlobException bad) {
      LOG.error("Garbage collection leaves a pack alone: {}", bad.getMessage());
    }
  }

  /** The packs whose live entries are all in the new pack now. */
  List<SparsePack> copied() {
    return copied;
  }

  long bytesCopied() {
    return bytesCopied;
  }

  long packBytes() {
    return packBytes;
  }
}
