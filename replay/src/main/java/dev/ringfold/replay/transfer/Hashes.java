// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in lower-case hexadecimal. Stateless; any thread. */
final class Hashes {
  private static final int BUFFER_LENGTH = 1 << 16;

  private Hashes() {}

  /** Of a file that is a file: a pipe could be read only once. */
  static String sha256(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ImportRefusedException(
          Files.exists(file) ? file + " is not a file" : "there is no file " + file);
    }
    MessageDigest digest = digest();
    byte[] buffer = new byte[BUFFER_LENGTH];
    try (InputStream in = Files.newInputStream(file)) {
      int count = in.read(buffer);
      while (count >= 0) {
        digest.update(buffer, 0, count);
        count = in.read(buffer);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static String sha256(String text) {
    return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
