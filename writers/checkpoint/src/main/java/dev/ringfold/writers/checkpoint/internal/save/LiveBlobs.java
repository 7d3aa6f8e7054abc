// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which blobs the manifests of all loadable checkpoints and states name, counted, so that a change
 * costs as much as what changed. Not thread-safe.
 */
final class LiveBlobs {
  private final BlobStore blobs;
  private final Registry registry;
  private final Map<Long, List<BlobId>> counted = new HashMap<>();
  private final Map<BlobId, Integer> counts = new HashMap<>();

  LiveBlobs(BlobStore blobs, Registry registry) {
    this.blobs = blobs;
    this.registry = registry;
  }

  /**
   * Catches up with the log.
   *
   * @return true for every blob that an event of the log keeps
   * @throws dev.ringfold.RingfoldException when a manifest cannot be read: then it is not known
   *     which blobs it keeps
   */
  Predicate<BlobId> references() {
    registry.catchUp();
    String problem = registry.problem();
    if (problem != null) {
      throw new RingfoldException("It is not known which blobs are still needed: " + problem + ".");
    }
    Map<Long, BlobRef> manifests = registry.manifests();
    for (Long gone : List.copyOf(counted.keySet())) {
      if (!manifests.containsKey(gone)) {
        counted.getOrDefault(gone, List.of()).forEach(this::release);
        counted.remove(gone);
      }
    }
    manifests.forEach(
        (sequence, manifest) -> {
          if (!counted.containsKey(sequence)) {
            count(sequence, manifest);
          }
        });
    return id -> counts.containsKey(id) || registry.isNamed(id);
  }

  private void count(long sequence, BlobRef manifest) {
    Set<BlobRef> refs = Manifests.read(blobs, manifest).blobs();
    List<BlobId> ids = new ArrayList<>(refs.size() + 1);
    refs.forEach(ref -> ids.add(ref.id()));
    ids.add(manifest.id());
    ids.forEach(id -> counts.merge(id, 1, Integer::sum));
    counted.put(sequence, List.copyOf(ids));
  }

  private void release(BlobId id) {
    counts.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1);
  }
}
