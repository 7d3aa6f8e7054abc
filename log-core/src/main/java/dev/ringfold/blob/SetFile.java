// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registration file of one set. It is written before the blobs it names are looked for, and
 * forced before the first of them gets its name: a blob that has one and no event is on this list,
 * also after a loss of power. After a crash the next open moves it to {@code _abandoned}, and the
 * events decide what is kept. UTF-8, lines end in LF:
 *
 * <pre>
 * ringfold-blob-set 1
 * label &lt;text, at most 200 characters&gt;
 * begun &lt;nanoseconds since 1970&gt;
 * blob &lt;64 hex&gt; &lt;length&gt;
 * ...
 * </pre>
 */
final class SetFile {
  private static final Logger LOG = LoggerFactory.getLogger(SetFile.class);
  private static final int MAX_LABEL_LENGTH = 200;

  private final BlobEnvironment environment;
  private final Path path;
  private final FileChannel channel;
  private boolean changed;

  private SetFile(BlobEnvironment environment, Path path, FileChannel channel) {
    this.environment = environment;
    this.path = path;
    this.channel = channel;
  }

  static SetFile create(BlobEnvironment environment, String label) {
    if (label.length() > MAX_LABEL_LENGTH || label.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "A set's label must have at most "
              + MAX_LABEL_LENGTH
              + " characters and none that controls the terminal, but has "
              + label.length());
    }
    Path path = environment.nextSet();
    try {
      FileChannel[] created = new FileChannel[1];
      environment
          .forces()
          .change(environment.files().sets, () -> created[0] = BlobFiles.create(path));
      SetFile file = new SetFile(environment, path, created[0]);
      file.write(head(label, environment.logTimeNanos()));
      return file;
    } catch (IOException e) {
      throw BlobFiles.writeFailure("create", path, e, 0, environment.usableBytes());
    }
  }

  /** The lines before those of the blobs. */
  static String head(String label, long logTimeNanos) {
    return "ringfold-blob-set 1\nlabel " + label + "\nbegun " + logTimeNanos + "\n";
  }

  void add(BlobId id, long length) {
    write("blob " + id.hex() + " " + length + "\n");
  }

  private void write(String text) {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    changed = true;
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw BlobFiles.writeFailure("write", path, e, bytes.remaining(), environment.usableBytes());
    }
  }

  /** Forces what was written and the file's name, unless that was done. */
  void force() {
    if (!changed) {
      return;
    }
    try {
      environment.syncs().forceFile(channel, path);
      environment.forces().force(environment.files().sets);
    } catch (IOException e) {
      throw BlobFiles.writeFailure("force", path, e, 0, environment.usableBytes());
    }
    changed = false;
  }

  /**
   * Ends the registration. A file that cannot be deleted does no harm and goes at the next open.
   */
  void delete() {
    try {
      channel.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("{} could not be deleted; the next open will", path, e);
    }
  }
}
