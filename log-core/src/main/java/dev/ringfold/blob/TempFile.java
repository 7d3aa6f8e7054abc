// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file under {@code _tmp} that is hashed while it is written and then moved to the name its hash
 * gives it. The order is fixed: write, freeze, force, publish. Closing before it is published
 * deletes it. One thread.
 */
final class TempFile implements AutoCloseable {
  /** Written and hashed at a time, so that a large heap buffer costs no large native copy. */
  private static final int SLICE_BYTES = 1 << 20;

  private final BlobEnvironment environment;
  private final Path path;
  private final FileChannel channel;
  private final @Nullable MessageDigest digest;
  private long length;
  private @Nullable BlobId hash;
  private boolean forced;
  private boolean gone;

  private TempFile(
      BlobEnvironment environment, Path path, FileChannel channel, @Nullable BlobId hash) {
    this.environment = environment;
    this.path = path;
    this.channel = channel;
    this.hash = hash;
    this.digest = hash == null ? sha256() : null;
  }

  static TempFile create(BlobEnvironment environment) {
    return create(environment, null);
  }

  /** A file whose bytes are known to have this hash: they are not hashed while they are written. */
  static TempFile create(BlobEnvironment environment, @Nullable BlobId hash) {
    Path path = environment.nextTemporary();
    try {
      return new TempFile(environment, path, BlobFiles.create(path), hash);
    } catch (IOException e) {
      throw BlobFiles.writeFailure("create", path, e, 0, environment.usableBytes());
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }

  long length() {
    return length;
  }

  /** Appends the buffer's remaining bytes; its position moves to its limit. */
  void write(ByteBuffer bytes) {
    environment.requireSpace(path, bytes.remaining());
    int end = bytes.limit();
    try {
      while (bytes.position() < end) {
        bytes.limit(Math.min(end, bytes.position() + SLICE_BYTES));
        length += bytes.remaining();
        if (digest != null) {
          digest.update(bytes.duplicate());
        }
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
    } catch (IOException e) {
      throw BlobFiles.writeFailure(
          "write", path, e, end - bytes.position(), environment.usableBytes());
    } finally {
      bytes.limit(end);
    }
  }

  void write(byte[] bytes, int from, int count) {
    write(ByteBuffer.wrap(bytes, from, count));
  }

  /** The hash of all bytes; nothing can be written after it. */
  BlobId hash() {
    BlobId known = hash;
    if (known == null) {
      known = BlobId.of(Objects.requireNonNull(digest, "digest").digest());
      hash = known;
    }
    return known;
  }

  /** Makes the file 0400, stamps its age and forces it; a second call does nothing. */
  void force() {
    if (forced) {
      return;
    }
    try {
      BlobFiles.touch(path, environment.logTimeNanos());
      Files.setPosixFilePermissions(path, BlobFiles.FROZEN);
      environment.syncs().forceFile(channel, path);
      channel.close();
    } catch (IOException e) {
      throw BlobFiles.writeFailure("force", path, e, length, environment.usableBytes());
    }
    forced = true;
    environment.hit(BlobHooks.TMP_WRITTEN);
  }

  /** Moves the forced file to its final name; the caller forces the directory. */
  void moveTo(Path target) throws IOException {
    if (!forced) {
      throw new AssertionError("published before it was forced: " + path);
    }
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    gone = true;
  }

  /** Deletes the file unless it was moved. */
  @Override
  public void close() {
    try {
      channel.close();
      if (!gone) {
        Files.deleteIfExists(path);
        gone = true;
      }
    } catch (IOException e) {
      throw BlobFiles.failure("delete", path, e);
    }
  }
}
