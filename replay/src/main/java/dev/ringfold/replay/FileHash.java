// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** Hashes the begin of a file. Stateless. */
final class FileHash {
  private static final int BUFFER_LENGTH = 1 << 20;

  private FileHash() {}

  /** SHA-256 of the first bytes of a file, or of all when there are fewer, in lower-case hex. */
  static String sha256(Path file, long length) {
    return sha256(file, length, done -> {});
  }

  /**
   * As {@link #sha256(Path, long)}.
   *
   * @param progress hears how many bytes were read
   */
  static String sha256(Path file, long length, LongConsumer progress) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long left = length;
      while (left > 0) {
        buffer.clear().limit((int) Math.min(left, BUFFER_LENGTH));
        int count = channel.read(buffer);
        if (count < 0) {
          break;
        }
        left -= count;
        progress.accept(length - left);
        digest.update(buffer.flip());
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
