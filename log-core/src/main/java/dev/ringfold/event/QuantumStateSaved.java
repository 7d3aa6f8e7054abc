// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import java.util.Objects;

/**
 * A quantum state is whole and on the disk; from here on it is named by its id, and this version of
 * it by this event's sequence.
 *
 * <pre>
 * offset size payload
 *      0    4 qubits            1 or more
 *      4    1 raw               1 when the state vector is stored, 0 when only its recipe is
 *      5    8 fidelityBound     f64, least fidelity of the stored MPS with the state given; 1 when
 *                               nothing was cut off, NaN when there is no MPS, or it was not
 *                               compared
 *     13    8 rawBytes          bytes of its arrays in memory
 *     21    8 storedBytes       bytes of all blobs it names
 *     29   32 checksum          SHA-256 of the state vector's or the recipe's bytes
 *     61   32 metadataChecksum  SHA-256 of the canonical metadata JSON
 *     93   32 manifest          SHA-256 of the blob that lists its parts
 *    125    8                   length of that blob
 *    133    . stateId           string
 * </pre>
 */
public record QuantumStateSaved(
    String stateId,
    int qubits,
    boolean raw,
    double fidelityBound,
    long rawBytes,
    long storedBytes,
    BlobId checksum,
    BlobId metadataChecksum,
    BlobRef manifest)
    implements Event {
  /** Checks what must be there. */
  public QuantumStateSaved {
    Objects.requireNonNull(stateId, "stateId");
    Objects.requireNonNull(checksum, "checksum");
    Objects.requireNonNull(metadataChecksum, "metadataChecksum");
    Objects.requireNonNull(manifest, "manifest");
  }
}
