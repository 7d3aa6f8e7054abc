// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.StoreFileSource;
import java.nio.file.Path;

/**
 * Branches a log: a fork is a store of its own that begins with the events of another one up to a
 * sequence. It takes milliseconds and next to no disk space, because both share the files of the
 * past by hard links; nothing is copied on the same file system, and nothing is rewritten. What
 * either of them appends, deletes by retention or collects as garbage later is its own affair.
 *
 * <p>Stateless; any thread. The parent may be open for writing in another process; in this process
 * use {@link EventLog#fork}.
 */
public final class Forks {
  private Forks() {}

  /**
   * Forks a store. The fork is made beside its place and moved there when all of it is on disk, so
   * that a crash leaves none that is not whole.
   *
   * @param parent directory of a store, which may be in use
   * @param sequence the last event that the fork has
   * @param target directory of the fork; must not exist
   * @param name what to call it, for people; may be empty
   * @throws ForkRefusedException when it is above the end, or inside an atomic group; the exception
   *     says which sequences are possible
   * @throws SegmentRetiredException when it is below the parent's floor
   * @throws StoreAccessException when the target is there already, or the system refuses access
   * @throws CorruptJournalException when frames around the sequence are damaged
   */
  public static ForkReport fork(Path parent, long sequence, Path target, String name) {
    Path store = parent.toAbsolutePath().normalize();
    if (!ManifestFile.exists(store)) {
      throw new StoreNotFoundException("There is no store at " + store + ". Check the path.");
    }
    StoreSecurity.checkExisting(store);
    return new ForkDraft(StoreFileSource.open(store), sequence, target, name).make();
  }
}
