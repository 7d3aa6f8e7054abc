// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.save.Manifests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks for each blob once, whichever manifests name it. One thread. */
final class StoredBlobs {
  private final BlobStore blobs;
  private final Map<BlobId, Boolean> asked = new HashMap<>();

  StoredBlobs(BlobStore blobs) {
    this.blobs = blobs;
  }

  /**
   * What is wrong with a checkpoint or state, or empty.
   *
   * @param owner whose manifest it is, for the text
   */
  String problem(BlobRef manifest, String owner) {
    List<BlobRef> named;
    try {
      named = List.copyOf(Manifests.read(blobs, manifest).blobs());
    } catch (BlobNotFoundException e) {
      return "blob " + manifest.id() + ", the list of tensors of " + owner + ", is missing";
    } catch (ChecksumMismatchException | FormatException e) {
      return "the list of tensors of " + owner + " cannot be read: " + e.getMessage();
    }
    List<BlobRef> missing = named.stream().filter(ref -> !isStored(ref.id())).toList();
    return missing.isEmpty()
        ? ""
        : missing.size()
            + " of the "
            + named.size()
            + " blobs of "
            + owner
            + " are missing, the first is "
            + missing.get(0).id();
  }

  private boolean isStored(BlobId id) {
    return asked.computeIfAbsent(id, blobs::contains);
  }
}
