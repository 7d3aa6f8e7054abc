// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import com.github.luben.zstd.ZstdInputStream;
import dev.ringfold.internal.journal.RawFrame;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/**
 * Reads the frames of one file of a backup, never more than the description says there are. One
 * thread.
 */
final class FramesInput implements Closeable {
  private static final int DRAIN_BYTES = 64 << 10;

  private final Path backup;
  private final Description.Frames file;
  private final MessageDigest digest = Hashing.sha256();
  private final InputStream raw;
  private final InputStream frames;
  private final byte[] lengthBytes = new byte[4];
  private long read;

  FramesInput(BackupSource source, Description.Frames file) throws IOException {
    this.backup = source.path();
    this.file = file;
    this.raw = new DigestInputStream(source.open(file.name()), digest);
    InputStream opened;
    try {
      opened = new ZstdInputStream(raw);
    } catch (IOException e) {
      raw.close();
      throw damaged("a Zstandard stream", e);
    }
    this.frames = opened;
  }

  /** Reads the next frame and checks it by itself; false when all were read. */
  boolean next(RawFrame frame) throws IOException {
    if (read == file.frameBytes()) {
      return false;
    }
    readFully(lengthBytes, lengthBytes.length);
    int length = 0;
    for (int i = 0; i < lengthBytes.length; i++) {
      length |= (lengthBytes[i] & 0xFF) << (8 * i);
    }
    if (length < 0 || length > RawFrame.MAX_LENGTH) {
      throw damaged("a frame of at most " + RawFrame.MAX_LENGTH + " bytes", length + " bytes");
    }
    readFully(frame.bytes(), length);
    frame.length(length);
    String problem = frame.problem();
    if (problem != null) {
      throw damaged("an intact frame", problem);
    }
    return true;
  }

  private void readFully(byte[] target, int length) throws IOException {
    if (length > file.frameBytes() - read) {
      throw damaged(file.frameBytes() + " bytes of frames", "more");
    }
    try {
      if (frames.readNBytes(target, 0, length) < length) {
        throw damaged(file.frameBytes() + " bytes of frames", "an end behind " + read);
      }
    } catch (IOException e) {
      throw damaged("a Zstandard stream", e);
    }
    read += length;
  }

  /** Reads the rest of the file, whatever is in it, and compares its hash. */
  void checkHash() throws IOException {
    byte[] rest = new byte[DRAIN_BYTES];
    while (raw.read(rest) >= 0) {
      continue;
    }
    String found = Hashing.hex(digest.digest());
    if (!found.equals(file.sha256())) {
      throw damaged("SHA-256 " + file.sha256(), found);
    }
  }

  CorruptBackupException damaged(String expected, String found) {
    return new CorruptBackupException(backup, file.name(), expected, found);
  }

  private CorruptBackupException damaged(String expected, IOException cause) {
    return new CorruptBackupException(
        backup, file.name(), expected, String.valueOf(cause.getMessage()), cause);
  }

  @Override
  public void close() throws IOException {
    frames.close();
  }
}
