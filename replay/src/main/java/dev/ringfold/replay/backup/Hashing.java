// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what goes through a stream. One thread. */
final class Hashing extends OutputStream {
  private final OutputStream target;
  private final MessageDigest digest = sha256();
  private long bytes;

  Hashing(OutputStream target) {
    this.target = target;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    target.write(source, offset, length);
    digest.update(source, offset, length);
    bytes += length;
  }

  @Override
  public void flush() throws IOException {
    target.flush();
  }

  @Override
  public void close() throws IOException {
    target.close();
  }

  /** Bytes written so far. */
  long bytes() {
    return bytes;
  }

  /** The hash of them, in hex; once, in the end. */
  String hash() {
    return hex(digest.digest());
  }
}
