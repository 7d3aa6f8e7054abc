// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.blob.BlobRef;
import dev.ringfold.event.CheckpointCommitted;
import java.time.Instant;
import java.util.Objects;

/**
 * What the log says about a checkpoint; reading it needs no blob.
 *
 * @param epoch as the caller counts
 * @param sequence of its event: its name for ever
 * @param run it belongs to
 * @param label its name for people, or empty
 * @param pinned whether it is kept whatever {@code keepLast} says
 * @param pinReason why, or empty
 * @param time when it was committed, by the log's clock
 * @param rawBytes bytes of its tensors in memory
 * @param storedBytes bytes of the blobs it names, each once
 * @param newBytes bytes of those blobs that no earlier save had stored
 * @param tensors how many
 * @param manifest the blob that lists them
 * @param metadata a JSON object; empty when it is so large that only the manifest has it
 */
public record CheckpointSummary(
    long epoch,
    long sequence,
    String run,
    String label,
    boolean pinned,
    String pinReason,
    Instant time,
    long rawBytes,
    long storedBytes,
    long newBytes,
    int tensors,
    BlobRef manifest,
    String metadata) {
  /** Checks what must be there. */
  public CheckpointSummary {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(pinReason, "pinReason");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(metadata, "metadata");
  }

  /** What a fact says. */
  public static CheckpointSummary of(
      CheckpointCommitted fact, long sequence, String run, Instant time) {
    return new CheckpointSummary(
        fact.epoch(),
        sequence,
        run,
        fact.label(),
        false,
        "",
        time,
        fact.rawBytes(),
        fact.storedBytes(),
        fact.newBytes(),
        fact.tensors(),
        fact.manifest(),
        fact.metadata());
  }

  /** The same checkpoint with another label. */
  public CheckpointSummary withLabel(String text) {
    return with(text, pinned, pinReason);
  }

  /** The same checkpoint, pinned or not. */
  public CheckpointSummary withPin(boolean pin, String reason) {
    return with(label, pin, reason);
  }

  private CheckpointSummary with(String newLabel, boolean newPinned, String newReason) {
    return new CheckpointSummary(
        epoch,
        sequence,
        run,
        newLabel,
        newPinned,
        newReason,
        time,
        rawBytes,
        storedBytes,
        newBytes,
        tensors,
        manifest,
        metadata);
  }
}
