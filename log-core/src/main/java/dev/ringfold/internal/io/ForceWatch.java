// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Lets a test follow which files and directories of the blob store are forced: only so can it say
 * what a disk must hold after a loss of power. Without an installed observer it is one field read.
 *
 * <p>Thread-safe. The observer is called in the thread that forces.
 */
public final class ForceWatch {
  /** Is told of forces. */
  @FunctionalInterface
  public interface Observer {
    /**
     * A file or directory is about to be forced; what it holds now is what the force covers.
     *
     * @return run when the force came off, and not when it failed
     */
    Runnable before(Path path);
  }

  private static volatile @Nullable Observer observer;

  private ForceWatch() {}

  /** Says that a path is about to be forced; run the result when that came off. */
  public static Runnable before(Path path) {
    Observer current = observer;
    return current == null ? ForceWatch::nobody : current.before(path);
  }

  private static void nobody() {
    // Nobody wants to know.
  }

  /**
   * Tells the observer of every force until the result is closed. Only one may be installed at a
   * time: a second one throws {@link IllegalStateException}.
   */
  public static synchronized Watching install(Observer watcher) {
    if (observer != null) {
      throw new IllegalStateException("forces are watched already; close that first");
    }
    observer = watcher;
    return new Watching(watcher);
  }

  private static synchronized void remove(Observer watcher) {
    if (observer == watcher) {
      observer = null;
    }
  }

  /** An installed observer; closing removes it. Closing twice does nothing. */
  public static final class Watching implements AutoCloseable {
    private final Observer watcher;

    private Watching(Observer watcher) {
      this.watcher = watcher;
    }

    @Override
    public void close() {
      remove(watcher);
    }
  }
}
