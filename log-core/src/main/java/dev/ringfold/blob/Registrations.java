// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The ids that sets name and have not released. Registering an id and deleting its file exclude
 * each other: after {@link #register} returns, a file that is there stays. Thread-safe.
 */
final class Registrations {
  private final Map<BlobId, Integer> counts = new HashMap<>();
  private final Set<BlobId> releasedMeanwhile = new HashSet<>();
  private boolean collecting;

  synchronized void register(BlobId id) {
    counts.merge(id, 1, Integer::sum);
  }

  synchronized void release(Collection<BlobId> ids) {
    for (BlobId id : ids) {
      counts.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1);
      if (collecting) {
        releasedMeanwhile.add(id);
      }
    }
  }

  /**
   * Holds on to ids that are released from now on. A set released while the collector works out
   * what is referenced may have been committed too late to be seen by it.
   */
  synchronized void beginCollection() {
    collecting = true;
  }

  synchronized void endCollection() {
    collecting = false;
    releasedMeanwhile.clear();
  }

  synchronized boolean contains(BlobId id) {
    return counts.containsKey(id) || releasedMeanwhile.contains(id);
  }

  /** Runs the deletion unless one of the ids is registered; says whether it ran. */
  synchronized boolean deleteUnlessRegistered(
      Collection<BlobId> ids, DirectoryForces.Action deletion) throws IOException {
    for (BlobId id : ids) {
      if (contains(id)) {
        return false;
      }
    }
    deletion.run();
    return true;
  }
}
