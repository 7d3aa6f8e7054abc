// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.ConfigurationException;
import dev.ringfold.CorruptJournalException;
import dev.ringfold.DiskFullException;
import dev.ringfold.MissingJvmFlagsException;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreLockedException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.UnsafeStoreException;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.blob.CorruptBlobException;
import dev.ringfold.replay.backup.CorruptBackupException;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.ParameterException;

/**
 * What a failed command says: one message without a stack trace, and the exit code.
 *
 * @param cause what was thrown
 * @param message for people: what, where, expected and found, what to do
 * @param exitCode one of {@link ExitCodes}
 */
record Failure(Throwable cause, String message, int exitCode) {

  static Failure of(Throwable thrown) {
    Throwable cause = thrown;
    if (thrown instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      cause = unchecked.getCause();
    }
    return new Failure(cause, words(cause), exitCodeOf(cause));
  }

  /** Name of the exception type, for scripts. */
  String type() {
    return cause instanceof ParameterException
        ? "WrongArguments"
        : cause.getClass().getSimpleName();
  }

  /** {@code {"error":{...}}}. */
  ObjectNode toJson() {
    ObjectNode root = Json.object();
    ObjectNode error = root.putObject("error");
    error.put("type", type()).put("message", message).put("exitCode", exitCode);
    if (cause instanceof CorruptJournalException corrupt) {
      error.put("file", corrupt.file().toString());
      error.put("offset", corrupt.offset());
      error.put("firstBadSequence", corrupt.firstBadSequence());
    }
    return root;
  }

  private static int exitCodeOf(Throwable cause) {
    if (cause instanceof ConfigurationException) {
      return ExitCodes.USAGE;
    }
    if (cause instanceof StoreNotFoundException) {
      return ExitCodes.NO_STORE;
    }
    if (cause instanceof CorruptJournalException
        || cause instanceof CorruptBackupException
        || cause instanceof CorruptBlobException
        || cause instanceof BlobNotFoundException
        || cause instanceof ChecksumMismatchException) {
      return ExitCodes.DAMAGED;
    }
    return isEnvironment(cause) ? ExitCodes.ENVIRONMENT : ExitCodes.FAILED;
  }

  private static boolean isEnvironment(Throwable cause) {
    return cause instanceof MissingJvmFlagsException
        || cause instanceof StoreLockedException
        || cause instanceof StoreAccessException
        || cause instanceof UnsafeStoreException
        || cause instanceof DiskFullException
        || cause instanceof AccessDeniedException;
  }

  private static String words(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof RingfoldException) {
      return message;
    }
    if (cause instanceof AccessDeniedException) {
      return "no permission for " + message + ". Run as the owner of the store";
    }
    if (cause instanceof NoSuchFileException) {
      return "there is no file " + message;
    }
    if (cause instanceof IOException) {
      return message + " (" + cause.getClass().getSimpleName() + ")";
    }
    return "unexpected "
        + cause.getClass().getSimpleName()
        + ": "
        + message
        + ". Run the command again with --debug and report what it prints";
  }
}
