// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A new local file of mode 0600 that hashes what is written. From {@link #holdTrailer} on bytes are
 * kept back until {@link #writeTrailer}, so that the footer can be changed before it is written.
 * Belongs to one thread.
 */
final class PartOutput extends PositionOutputStream implements OutputFile {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

  private final Path file;
  private final FileChannel channel;
  private final MessageDigest digest = sha256();
  private final CRC32C crc = new CRC32C();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private @Nullable ByteSink trailer;
  private int buffered;
  private long position;

  private PartOutput(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Creates the file; one that exists is refused. */
  static PartOutput create(Path file) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] mode =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return new PartOutput(file, FileChannel.open(file, NEW, mode));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java has SHA-256", impossible);
    }
  }

  @Override
  public long getPos() {
    return position;
  }

  @Override
  public void write(int value) throws IOException {
    if (trailer != null) {
      trailer.putByte(value);
    } else {
      if (buffered == BUFFER_BYTES) {
        drain();
      }
      buffer[buffered++] = (byte) value;
    }
    position++;
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    position += length;
    if (trailer != null) {
      int target = trailer.reserve(length);
      System.arraycopy(source, offset, trailer.array(), target, length);
      return;
    }
    int from = offset;
    int rest = length;
    while (rest > 0) {
      if (buffered == BUFFER_BYTES) {
        drain();
      }
      int count = Math.min(rest, BUFFER_BYTES - buffered);
      System.arraycopy(source, from, buffer, buffered, count);
      buffered += count;
      from += count;
      rest -= count;
    }
  }

  private void drain() throws IOException {
    digest.update(buffer, 0, buffered);
    crc.update(buffer, 0, buffered);
    ByteBuffer source = ByteBuffer.wrap(buffer, 0, buffered);
    try {
      while (source.hasRemaining()) {
        channel.write(source);
      }
    } catch (IOException e) {
      throw named("cannot write", e);
    }
    buffered = 0;
  }

  /** The system says what went wrong, but not where. */
  private IOException named(String action, IOException cause) {
    return new IOException(FileFailure.of(action, file, cause).getMessage(), cause);
  }

  /** CRC32C of the bytes since the last call, or since the start of the file. */
  int takeCrc() throws IOException {
    drain();
    int value = (int) crc.getValue();
    crc.reset();
    return value;
  }

  /** Keeps back what is written from now on. */
  void holdTrailer() {
    trailer = new ByteSink();
  }

  /** What was kept back. */
  byte[] heldTrailer() {
    ByteSink held = trailer;
    if (held == null) {
      throw new IllegalStateException("no trailer is being held");
    }
    return held.copy();
  }

  /** Writes the end of the file in place of what was kept back. */
  void writeTrailer(byte[] bytes) throws IOException {
    position -= heldTrailer().length;
    trailer = null;
    write(bytes, 0, bytes.length);
    drain();
  }

  void force() throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw named("cannot force", e);
    }
  }

  /** SHA-256 of the whole file, in hexadecimal; call once, behind {@link #writeTrailer}. */
  String sha256Hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Parquet closes its stream before the footer is complete, so this does nothing. */
  @Override
  public void close() {}

  void closeFile() throws IOException {
    channel.close();
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return this;
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return this;
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }
}
