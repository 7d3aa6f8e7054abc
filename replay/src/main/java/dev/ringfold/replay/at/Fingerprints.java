// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * SHA-256 over what lists and outputs say, in one form wherever it comes from. Stateless.
 *
 * <p>A list is written as {@link DataOutputStream} does, every text as the length of its UTF-8
 * (i32) and the bytes, every number as i64 (a double as its raw bits), every boolean as one byte,
 * in the order of the record's components; times as {@link java.time.Instant#toString}, blobs as
 * hash and length.
 */
public final class Fingerprints {
  private static final int BUFFER_BYTES = 1 << 16;

  private Fingerprints() {}

  /** Of checkpoints, oldest first. */
  public static String checkpoints(List<CheckpointSummary> checkpoints) {
    return of(
        out -> {
          for (CheckpointSummary one : checkpoints) {
            out.writeLong(one.epoch());
            out.writeLong(one.sequence());
            text(out, one.run());
            text(out, one.label());
            out.writeBoolean(one.pinned());
            text(out, one.pinReason());
            text(out, one.time().toString());
            out.writeLong(one.rawBytes());
            out.writeLong(one.storedBytes());
            out.writeLong(one.newBytes());
            out.writeLong(one.tensors());
            text(out, one.manifest().id().hex());
            out.writeLong(one.manifest().length());
            text(out, one.metadata());
          }
        });
  }

  /** Of versions of states, oldest first. */
  public static String states(List<SavedState> versions) {
    return of(
        out -> {
          for (SavedState one : versions) {
            text(out, one.id());
            out.writeLong(one.sequence());
            text(out, one.savedAt().toString());
            out.writeLong(one.qubits());
            out.writeBoolean(one.raw());
            out.writeLong(Double.doubleToRawLongBits(one.fidelityBound()));
            out.writeLong(one.rawBytes());
            out.writeLong(one.storedBytes());
            text(out, one.checksum().hex());
            text(out, one.metadataChecksum().hex());
            text(out, one.manifest().id().hex());
            out.writeLong(one.manifest().length());
          }
        });
  }

  /**
   * Of every regular file below a directory: its path and the SHA-256 of its bytes, by path.
   *
   * @param names only what is called so, or begins so, in the directory; all of it when empty
   */
  static String tree(Path root, List<String> names) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files =
          all.filter(Files::isRegularFile)
              .filter(file -> names.isEmpty() || isNamed(root.relativize(file), names))
              .sorted()
              .toList();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (Path file : files) {
      text(out, root.relativize(file).toString().replace('\\', '/'));
      text(out, file(file));
    }
    return hex(bytes.toByteArray());
  }

  private static boolean isNamed(Path relative, List<String> names) {
    return names.stream().anyMatch(relative.toString()::startsWith);
  }

  private static String file(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private interface Form {
    void write(DataOutputStream out) throws IOException;
  }

  private static String of(Form form) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      form.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("memory can always be written", e);
    }
    return hex(bytes.toByteArray());
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  /** SHA-256 of bytes, 64 hexadecimal digits. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
