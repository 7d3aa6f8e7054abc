// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.backup.ArchiveLayout.Entry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Writes a backup as one ZIP file; see {@link ArchiveLayout}. */
final class ArchiveTarget implements BackupTarget {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final List<Entry> entries = new ArrayList<>();
  private long position;

  ArchiveTarget(Path target, Path temporary) throws IOException {
    this.target = target;
    this.temporary = temporary;
    StoreSecurity.createFile(temporary);
    this.channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
  }

  @Override
  public OutputStream begin(String name) {
    long start = position;
    position += ArchiveLayout.localLength(name);
    return new BufferedOutputStream(new File(name, start), BUFFER_BYTES);
  }

  private void writeAt(long offset, ByteBuffer bytes) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** One file of the archive while it is written. */
  private final class File extends OutputStream {
    private final String name;
    private final long start;
    private final CRC32 crc = new CRC32();
    private long length;
    private boolean closed;

    File(String name, long start) {
      this.name = name;
      this.start = start;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
      crc.update(source, offset, count);
      writeAt(position, ByteBuffer.wrap(source, offset, count));
      position += count;
      length += count;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      Entry entry = new Entry(name, length, (int) crc.getValue(), start);
      writeAt(start, ByteBuffer.wrap(ArchiveLayout.local(entry)));
      entries.add(entry);
    }
  }

  @Override
  public Path commit() throws IOException {
    writeAt(position, ByteBuffer.wrap(ArchiveLayout.tail(entries)));
    channel.force(true);
    channel.close();
    FaultPoint.hit("backup.beforeRename");
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    DurableFile.forceDirectory(Places.parent(target));
    return target;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }
}
