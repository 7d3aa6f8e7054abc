// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.internal.io.DurableFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that somebody asked for by name: it appears there when it is complete and on disk, and an
 * older one stays until then. Stateless.
 */
public final class WholeFile {
  private WholeFile() {}

  /**
   * Begins the file; {@link DurableFile#freeze} completes it.
   *
   * @throws IOException when the name cannot be a file's
   */
  public static DurableFile begin(Path file) throws IOException {
    Path target = target(file);
    Path folder = target.getParent();
    if (folder == null) {
      throw new AssertionError("a file is in a directory: " + target);
    }
    return DurableFile.create(target, folder);
  }

  /** A stream to the end of a file; to flush or close it does not complete the file. */
  public static OutputStream stream(DurableFile file) {
    return new Appending(file);
  }

  /**
   * The file's absolute path.
   *
   * @throws IOException when there cannot be a file
   */
  public static Path target(Path file) throws IOException {
    Path target = file.toAbsolutePath().normalize();
    Path folder = target.getParent();
    if (Files.isDirectory(target) || folder == null) {
      throw new IOException(target + " is a directory; name a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException("there is no directory " + folder + " for the file " + target);
    }
    return target;
  }

  /** Writes a whole file. */
  public static void write(Path file, byte[] bytes) throws IOException {
    try (DurableFile durable = begin(file)) {
      durable.append(bytes);
      durable.freeze();
    }
  }

  /** A file that takes its bytes in order. */
  private static final class Appending extends OutputStream {
    private final DurableFile file;

    Appending(DurableFile file) {
      this.file = file;
    }

    @Override
    public void write(int single) {
      file.append(new byte[] {(byte) single});
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      file.append(bytes, offset, count);
    }
  }
}
