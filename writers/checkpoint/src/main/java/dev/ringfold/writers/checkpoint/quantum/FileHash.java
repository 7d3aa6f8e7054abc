// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Length and hash of a file as it was read.
 *
 * @param bytes how long it is
 * @param sha256 of its bytes, in lower-case hex
 */
public record FileHash(long bytes, String sha256) {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Of bytes in memory. */
  public static FileHash of(byte[] bytes) {
    return new FileHash(bytes.length, HexFormat.of().formatHex(digest().digest(bytes)));
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Reads a file; not through a symbolic link.
   *
   * @throws IOException when it cannot be read
   */
  public static FileHash of(Path file) throws IOException {
    MessageDigest digest = digest();
    long bytes = 0;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
        bytes += count;
      }
    }
    return new FileHash(bytes, HexFormat.of().formatHex(digest.digest()));
  }
}
