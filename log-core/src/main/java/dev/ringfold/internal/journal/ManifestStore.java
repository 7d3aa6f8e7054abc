// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.LogClosedException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The manifest in memory and on disk. Memory is ahead: the journal thread adds a segment the moment
 * it writes to it, readers in this process see it at once, and the file follows in the order that
 * durability asks for.
 */
public final class ManifestStore {
  private final Path store;
  private final Object writeLock = new Object();
  private final boolean draft;
  private boolean closed; // guarded by writeLock
  private volatile Manifest current;

  /** Starts with what the file (or recovery) says. */
  public ManifestStore(Path store, Manifest initial) {
    this(store, initial, false);
  }

  private ManifestStore(Path store, Manifest initial, boolean draft) {
    this.store = store;
    this.draft = draft;
    this.current = initial;
  }

  /**
   * The manifest of a store that is being made: in memory only, since a directory with a manifest
   * is a store. Whoever made it writes the file when all else is there.
   */
  static ManifestStore draft(Path store, Manifest initial) {
    return new ManifestStore(store, initial, true);
  }

  /** The newest facts. */
  public Manifest current() {
    return current;
  }

  /** Changes the facts in memory only. */
  public synchronized Manifest update(UnaryOperator<Manifest> change) {
    current = change.apply(current);
    return current;
  }

  /**
   * Writes the newest facts, unless this is a draft: temp, force, rename, directory force.
   *
   * @throws LogClosedException after {@link #close()}
   */
  public void persist() {
    if (draft) {
      return;
    }
    synchronized (writeLock) {
      if (closed) {
        throw new LogClosedException(
            "The log at " + store + " is closed; its manifest is not written any more.");
      }
      ManifestFile.write(store, current);
    }
  }

  /** Waits for a write under way and refuses later ones: the file may have another writer soon. */
  public void close() {
    synchronized (writeLock) {
      closed = true;
    }
  }
}
