// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.LogFailedException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * After a failed force the page cache lies: it may hold pages as clean that never reached the disk.
 * This reads an unsealed segment past the page cache and replaces it by a forced copy of what the
 * disk really holds, before recovery looks at it.
 */
public final class DirectReread {
  private static final int ALIGNMENT = 4_096;
  private static final int CHUNK_BYTES = 1 << 20;

  private DirectReread() {}

  /**
   * Replaces the file by what is on the disk.
   *
   * @throws LogFailedException when the file system cannot read past its cache
   */
  public static void replace(Path file, Path temporaryDirectory) {
    try (FileChannel source = openDirect(file);
        DurableFile copy = DurableFile.create(file, temporaryDirectory)) {
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(CHUNK_BYTES + ALIGNMENT).alignedSlice(ALIGNMENT);
      byte[] bytes = new byte[CHUNK_BYTES];
      buffer.limit(CHUNK_BYTES);
      int read = source.read(buffer);
      while (read > 0) {
        buffer.flip().get(bytes, 0, read);
        copy.append(bytes, 0, read);
        buffer.clear().limit(CHUNK_BYTES);
        read = source.read(buffer);
      }
      copy.freeze();
    } catch (IOException e) {
      throw new StoreAccessException("Cannot read " + file + " past the page cache", e);
    }
  }

  /**
   * The option that reads past the page cache, looked up by name: a JDK may warn of the class, or
   * not have it.
   *
   * @throws UnsupportedOperationException when it has not
   */
  public static OpenOption directOption() {
    try {
      Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
      for (Object option : options.getEnumConstants()) {
        if (option.toString().equals("DIRECT")) {
          return (OpenOption) option;
        }
      }
    } catch (ClassNotFoundException e) {
      throw new UnsupportedOperationException("this JDK has no direct I/O", e);
    }
    throw new UnsupportedOperationException("this JDK has no direct I/O");
  }

  private static FileChannel openDirect(Path file) throws IOException {
    try {
      return FileChannel.open(file, StandardOpenOption.READ, directOption());
    } catch (UnsupportedOperationException | IOException e) {
      throw new LogFailedException(
          "A force of this store failed, and "
              + file
              + " cannot be read past the page cache ("
              + e.getMessage()
              + "). Reboot, which empties the cache, or open with accept-unverified=true to believe"
              + " what the cache holds.",
          e);
    }
  }
}
