// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.blob.BlobRef;
import java.util.Objects;

/**
 * A checkpoint is whole: every byte of it is on the disk. The run it belongs to is the event's
 * stream; from here on it is named by this event's sequence.
 *
 * <pre>
 * offset size payload
 *      0    8 epoch        as the caller counts
 *      8    8 rawBytes     bytes of its tensors in memory
 *     16    8 storedBytes  bytes of all blobs it names, each once
 *     24    8 newBytes     bytes of those blobs that no earlier save had stored
 *     32    4 tensors      how many
 *     36   32 manifest     SHA-256 of the blob that lists its tensors and their chunks
 *     68    8              length of that blob
 *     76    . label        string, a name for people, or empty
 *      .    . metadata     string, a JSON object; empty when it has more than 64 KiB: then only
 *                          the manifest holds it
 * </pre>
 */
public record CheckpointCommitted(
    long epoch,
    long rawBytes,
    long storedBytes,
    long newBytes,
    int tensors,
    BlobRef manifest,
    String label,
    String metadata)
    implements Event {
  /** Checks what must be there. */
  public CheckpointCommitted {
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(metadata, "metadata");
  }
}
