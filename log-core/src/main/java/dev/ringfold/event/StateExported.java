// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.blob.BlobId;
import java.util.Objects;

/**
 * A checkpoint or a quantum state was written to a file outside the store.
 *
 * <pre>
 * offset size payload
 *      0    8 source    sequence of the CheckpointCommitted or QuantumStateSaved
 *      8    8 bytes     of the file
 *     16   32 sha256    of the file
 *     48    . exportId  string
 *      .    . format    string, such as qms or safetensors
 * </pre>
 */
public record StateExported(long source, long bytes, BlobId sha256, String exportId, String format)
    implements Event {
  /** Checks what must be there. */
  public StateExported {
    Objects.requireNonNull(sha256, "sha256");
    Objects.requireNonNull(exportId, "exportId");
    Objects.requireNonNull(format, "format");
  }
}
