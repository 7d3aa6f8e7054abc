// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import org.jspecify.annotations.Nullable;

/**
 * The force of one file, by whichever thread comes first: one of an executor, or the one that
 * cannot go on without it. Thread-safe; the file is used by one thread at a time.
 */
final class Forcing implements Runnable {
  private final TempFile file;
  private boolean settled;
  private @Nullable Throwable failure;

  Forcing(TempFile file) {
    this.file = file;
  }

  /** Forces the file unless that was done, or is not wanted any more. */
  @Override
  public synchronized void run() {
    if (settled) {
      return;
    }
    settled = true;
    try {
      file.force();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  /** Returns when the file is forced, and throws what forcing it failed with. */
  synchronized void finish() {
    run();
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }

  /** Returns when nobody forces the file and nobody will. */
  synchronized void drop() {
    settled = true;
  }
}
