// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.replay.backup.ArchiveLayout.Entry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a backup that is one ZIP file. Every byte besides the files' own is compared with what
 * {@link ArchiveLayout} would write.
 */
final class ArchiveSource implements BackupSource {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int MAX_DIRECTORY_BYTES = 1 << 30;

  private final Path path;
  private final FileChannel channel;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  ArchiveSource(Path path) throws IOException {
    this.path = path;
    this.channel =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    try {
      readDirectory();
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  private void readDirectory() throws IOException {
    long length = channel.size();
    ByteBuffer end = read(Math.max(0, length - ArchiveLayout.END_LENGTH), ArchiveLayout.END_LENGTH);
    if (end.remaining() < ArchiveLayout.END_LENGTH) {
      throw damaged("at least " + ArchiveLayout.END_LENGTH + " bytes", length + "");
    }
    long count = end.getLong(32);
    long bytes = end.getLong(40);
    long offset = end.getLong(48);
    boolean possible =
        count > 0
            && count <= Description.MAX_FILES
            && bytes >= count * ArchiveLayout.CENTRAL_LENGTH
            && bytes <= Math.min(length, MAX_DIRECTORY_BYTES)
            && offset == length - ArchiveLayout.END_LENGTH - bytes;
    if (!possible) {
      throw damaged("the end of an archive of " + length + " bytes", "another one");
    }
    byte[] tail = read(offset, (int) (length - offset)).array();
    List<Entry> found = parse(ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN), count, bytes);
    checkLayout(found, offset, tail);
    for (Entry entry : found) {
      if (entries.put(entry.name(), entry) != null) {
        throw damaged("one file " + entry.name(), "two");
      }
    }
  }

  private List<Entry> parse(ByteBuffer tail, long count, long bytes) {
    List<Entry> found = new ArrayList<>();
    try {
      for (long i = 0; i < count; i++) {
        if (tail.position() + ArchiveLayout.CENTRAL_LENGTH > bytes) {
          throw new IllegalArgumentException("fewer files");
        }
        found.add(ArchiveLayout.central(tail));
      }
      return found;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged("a directory of " + count + " files", "" + e.getMessage());
    }
  }

  private void checkLayout(List<Entry> found, long end, byte[] tail) throws IOException {
    long at = 0;
    for (Entry entry : found) {
      if (entry.offset() != at || entry.end() > end) {
        throw damaged(entry.name() + " at offset " + at, entry.offset() + ", up to " + entry.end());
      }
      byte[] header = ArchiveLayout.local(entry);
      if (!Arrays.equals(read(at, header.length).array(), header)) {
        throw damaged("the header of " + entry.name() + " at offset " + at, "other bytes");
      }
      at = entry.end();
    }
    if (at != end || !Arrays.equals(tail, ArchiveLayout.tail(found))) {
      throw damaged("the directory of its files at offset " + end, "other bytes");
    }
  }

  private CorruptBackupException damaged(String expected, String found) {
    return new CorruptBackupException(path, "the archive", expected, found);
  }

  /** Bytes at an offset; its array is as long as there were bytes. */
  private ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, channel.size() - offset));
    while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
      continue;
    }
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Map<String, Long> files() {
    Map<String, Long> files = new LinkedHashMap<>();
    entries.forEach((name, entry) -> files.put(name, entry.bytes()));
    return files;
  }

  @Override
  public InputStream open(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw damaged(name, "no such file");
    }
    return new BufferedInputStream(new Part(entry), BUFFER_BYTES);
  }

  /** The bytes of one file. */
  private final class Part extends InputStream {
    private final long end;
    private long at;

    Part(Entry entry) {
      this.at = entry.dataOffset();
      this.end = entry.end();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (at >= end) {
        return -1;
      }
      int wanted = (int) Math.min(length, end - at);
      int count = channel.read(ByteBuffer.wrap(target, offset, wanted), at);
      at += Math.max(0, count);
      return count;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
