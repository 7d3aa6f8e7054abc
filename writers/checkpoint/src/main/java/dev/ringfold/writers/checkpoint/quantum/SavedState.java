// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.event.QuantumStateSaved;
import java.time.Instant;

/**
 * What the log says of one version of a state.
 *
 * @param id the state's name
 * @param sequence of the event; tells versions of a state apart
 * @param savedAt the log's time
 * @param qubits how many
 * @param raw whether its vector is stored
 * @param fidelityBound least fidelity of the stored MPS with the state given; 1 when nothing was
 *     cut off, NaN without one, and when it came from elsewhere and could not be compared
 * @param rawBytes of its vector, or of its MPS tensors when it has neither vector nor recipe
 * @param storedBytes of all blobs it names
 * @param checksum SHA-256 of the vector's, the recipe's or the MPS tensors' bytes, see {@link
 *     StateChecksums}
 * @param metadataChecksum SHA-256 of its document, see {@link StateDocument}
 * @param manifest the blob that lists its parts
 */
public record SavedState(
    String id,
    long sequence,
    Instant savedAt,
    int qubits,
    boolean raw,
    double fidelityBound,
    long rawBytes,
    long storedBytes,
    BlobId checksum,
    BlobId metadataChecksum,
    BlobRef manifest) {

  static SavedState of(long sequence, Instant savedAt, QuantumStateSaved event) {
    return new SavedState(
        event.stateId(),
        sequence,
        savedAt,
        event.qubits(),
        event.raw(),
        event.fidelityBound(),
        event.rawBytes(),
        event.storedBytes(),
        event.checksum(),
        event.metadataChecksum(),
        event.manifest());
  }

  /** 1 − stored / raw: what storing it saved; negative when it takes more than its arrays. */
  public double compression() {
    return rawBytes == 0 ? 0 : 1 - (double) storedBytes / rawBytes;
  }
}
