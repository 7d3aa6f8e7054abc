// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.nio.file.Path;
import java.util.List;

/**
 * What a restore made.
 *
 * @param store the new store's directory
 * @param storeId its identity, which no other store has
 * @param from the store that the backups are of; the new one's parent
 * @param backups ids of the backups that were read
 * @param firstSequence oldest sequence that it has
 * @param lastSequence newest one
 * @param frames in its journal
 * @param blobs beside it
 * @param nanos how long it took
 */
public record RestoreReport(
    Path store,
    String storeId,
    String from,
    List<String> backups,
    long firstSequence,
    long lastSequence,
    long frames,
    long blobs,
    long nanos) {
  /** Copies the list. */
  public RestoreReport {
    backups = List.copyOf(backups);
  }

  /** How many events it has. */
  public long events() {
    return lastSequence - firstSequence + 1;
  }
}
