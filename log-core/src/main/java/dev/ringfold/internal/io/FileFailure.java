// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.DiskFullException;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Turns an {@link IOException} into the exception that names the cause and the remedy. */
public final class FileFailure {
  /** Below this the file system counts as full when a write failed; bytes. */
  private static final long FULL_BELOW_BYTES = 64L << 10;

  private FileFailure() {}

  /**
   * The exception for {@code cause}, which happened while doing {@code action} (for example "cannot
   * write") on {@code file}: {@link DiskFullException} when the disk or quota is exhausted, else
   * {@link StoreAccessException}. Returned, not thrown, so that the caller's flow stays visible.
   */
  public static RingfoldException of(String action, Path file, IOException cause) {
    String what = action + " " + file + ": " + reason(cause);
    if (isFull(file, cause)) {
      return new DiskFullException(
          what + ". Free space on its file system (or raise the quota); then retry", cause);
    }
    if (cause instanceof AccessDeniedException) {
      return new StoreAccessException(
          what + ". Run as the owner of the store, or give this user access to it", cause);
    }
    return new StoreAccessException(
        what + ". Check the path, its file system and the system log (dmesg) for I/O errors",
        cause);
  }

  private static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof NoSuchFileException missing) {
      return "no such file or directory " + missing.getFile();
    }
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
  }

  private static boolean isFull(Path file, IOException cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("no space left") || message.contains("quota exceeded")) {
      return true;
    }
    if (cause instanceof java.nio.file.FileSystemException) {
      return false;
    }
    // The message may be translated, so ask the file system too.
    Path parent = file.toAbsolutePath().getParent();
    try {
      return parent != null && Files.getFileStore(parent).getUsableSpace() < FULL_BELOW_BYTES;
    } catch (IOException probe) {
      cause.addSuppressed(probe);
      return false;
    }
  }
}
