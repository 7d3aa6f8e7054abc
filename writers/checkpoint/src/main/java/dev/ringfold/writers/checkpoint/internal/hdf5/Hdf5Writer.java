// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import java.nio.file.Path;

/**
 * Writes an HDF5 file from beginning to end, whole or not at all, with the structures that libhdf5
 * reads since 1.8: superblock version 2, object headers version 2 with their links and attributes
 * in them, arrays in one piece or in chunks that a B-tree version 1 finds.
 *
 * <pre>
 * 0    superblock: signature, version 2, sizes 8 and 8, base 0, no extension, end of file, root
 * 48   arrays in the order they were given; of a chunked one its chunks and its B-tree
 *      strings of attributes, in global heap collections
 *      object headers, those of a group after those in it; the root's last
 * </pre>
 *
 * The same calls give the same bytes, save for what the JDK's zlib makes of chunks. Used by one
 * thread.
 */
public final class Hdf5Writer implements AutoCloseable {
  private static final int SUPERBLOCK_BYTES = 48;
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  private final TargetFile file;
  private final Hdf5Group root;

  private Hdf5Writer(TargetFile file) {
    this.file = file;
    this.root = new Hdf5Group(file, "/");
  }

  /** Begins a file that will be {@code target}. */
  public static Hdf5Writer create(Path target) {
    TargetFile file = TargetFile.create(target);
    file.append(new byte[SUPERBLOCK_BYTES]);
    return new Hdf5Writer(file);
  }

  /** The group that everything is in. */
  public Hdf5Group root() {
    return root;
  }

  /** Finishes the file and makes it durable under its name. Call it once. */
  public void freeze() {
    GlobalHeap heap = new GlobalHeap(file);
    root.collect(heap);
    heap.write();
    long address = root.write(heap);
    file.overwrite(
        0,
        new Bytes()
            .put(SIGNATURE)
            .u8(2)
            .u8(Long.BYTES)
            .u8(Long.BYTES)
            .u8(0)
            .u64(0)
            .u64(Messages.UNDEFINED)
            .u64(file.length())
            .u64(address)
            .checksum()
            .toArray());
    file.freeze();
  }

  /** Deletes what was written unless {@link #freeze} finished it. */
  @Override
  public void close() {
    file.close();
  }
}
