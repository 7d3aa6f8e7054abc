// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Writes one pack (see {@link PackFormat}) into a temporary file. The caller sees to it that no id
 * is appended twice. One thread.
 */
final class PackWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 << 10;

  private final TempFile file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private final List<PackFormat.Entry> entries = new ArrayList<>();
  private final long maxBytes;
  private long position;
  private boolean finished;

  PackWriter(BlobEnvironment environment) {
    file = TempFile.create(environment);
    maxBytes = environment.limits().maxPackBytes();
    buffer.put(PackFormat.header(environment.logTimeNanos()));
    position = PackFormat.HEADER_LENGTH;
  }

  /** Whether the next blob belongs into another pack. */
  boolean full() {
    return position >= maxBytes || entries.size() == PackFormat.MAX_ENTRIES;
  }

  void append(BlobId id, ByteBuffer bytes) {
    int length = bytes.remaining();
    long start = pad();
    put(bytes);
    position += length;
    entries.add(new PackFormat.Entry(id, start, length));
  }

  /** Writes index and footer and forces the file; a second call does nothing. */
  void finish() {
    if (finished) {
      return;
    }
    entries.sort(Comparator.comparing(PackFormat.Entry::id));
    long indexOffset = pad();
    put(PackFormat.indexAndFooter(entries, indexOffset));
    flush();
    file.force();
    finished = true;
  }

  /** The blobs appended; ascending by id once finished. */
  List<PackFormat.Entry> entries() {
    return entries;
  }

  TempFile file() {
    return file;
  }

  private long pad() {
    int gap = (int) (PackFormat.align(position) - position);
    put(ByteBuffer.allocate(gap));
    position += gap;
    return position;
  }

  private void put(ByteBuffer bytes) {
    if (bytes.remaining() > buffer.remaining()) {
      flush();
    }
    if (bytes.remaining() > buffer.remaining()) {
      file.write(bytes);
    } else {
      buffer.put(bytes);
    }
  }

  private void flush() {
    file.write(buffer.flip());
    buffer.clear();
  }

  @Override
  public void close() {
    file.close();
  }
}
