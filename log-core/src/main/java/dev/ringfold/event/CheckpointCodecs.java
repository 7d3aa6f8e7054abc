// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;

/** Codecs of the facts about checkpoints and states; the layouts are in the records' Javadoc. */
final class CheckpointCodecs {
  static final EventCodec<CheckpointCommitted> CHECKPOINT_COMMITTED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.epoch());
            out.putLong(event.rawBytes());
            out.putLong(event.storedBytes());
            out.putLong(event.newBytes());
            out.putInt(event.tensors());
            putRef(event.manifest(), out);
            out.putString(event.label());
            out.putString(event.metadata());
          },
          in ->
              new CheckpointCommitted(
                  in.readLong(),
                  in.readLong(),
                  in.readLong(),
                  in.readLong(),
                  in.readInt(),
                  readRef(in),
                  in.readString(),
                  in.readString()));

  static final EventCodec<CheckpointPinned> CHECKPOINT_PINNED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.checkpoint());
            out.putBoolean(event.pinned());
            out.putString(event.reason());
          },
          in -> new CheckpointPinned(in.readLong(), in.readBoolean(), in.readString()));

  static final EventCodec<CheckpointLabelled> CHECKPOINT_LABELLED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.checkpoint());
            out.putString(event.label());
          },
          in -> new CheckpointLabelled(in.readLong(), in.readString()));

  static final EventCodec<CheckpointExpired> CHECKPOINT_EXPIRED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.checkpoint());
            out.putString(event.reason());
          },
          in -> new CheckpointExpired(in.readLong(), in.readString()));

  static final EventCodec<QuantumStateSaved> QUANTUM_STATE_SAVED =
      EventCodec.of(CheckpointCodecs::putState, CheckpointCodecs::readState);

  static final EventCodec<QuantumStateRemoved> QUANTUM_STATE_REMOVED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.saved());
            out.putString(event.reason());
          },
          in -> new QuantumStateRemoved(in.readLong(), in.readString()));

  static final EventCodec<StateExported> STATE_EXPORTED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.source());
            out.putLong(event.bytes());
            putId(event.sha256(), out);
            out.putString(event.exportId());
            out.putString(event.format());
          },
          in ->
              new StateExported(
                  in.readLong(), in.readLong(), readId(in), in.readString(), in.readString()));

  static final EventCodec<ScrubCompleted> SCRUB_COMPLETED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.bytes());
            out.putInt(event.checked());
            out.putInt(event.damaged());
            out.putString(event.details());
          },
          in -> new ScrubCompleted(in.readLong(), in.readInt(), in.readInt(), in.readString()));

  private CheckpointCodecs() {}

  private static void putState(QuantumStateSaved event, PayloadWriter out) {
    out.putInt(event.qubits());
    out.putBoolean(event.raw());
    out.putDouble(event.fidelityBound());
    out.putLong(event.rawBytes());
    out.putLong(event.storedBytes());
    putId(event.checksum(), out);
    putId(event.metadataChecksum(), out);
    putRef(event.manifest(), out);
    out.putString(event.stateId());
  }

  private static QuantumStateSaved readState(PayloadReader in) {
    int qubits = in.readInt();
    boolean raw = in.readBoolean();
    double fidelityBound = in.readDouble();
    long rawBytes = in.readLong();
    long storedBytes = in.readLong();
    BlobId checksum = readId(in);
    BlobId metadataChecksum = readId(in);
    BlobRef manifest = readRef(in);
    return new QuantumStateSaved(
        in.readString(),
        qubits,
        raw,
        fidelityBound,
        rawBytes,
        storedBytes,
        checksum,
        metadataChecksum,
        manifest);
  }

  private static void putId(BlobId id, PayloadWriter out) {
    out.putRaw(id.bytes(), 0, BlobId.LENGTH);
  }

  private static BlobId readId(PayloadReader in) {
    return BlobId.of(in.readRaw(BlobId.LENGTH));
  }

  private static void putRef(BlobRef ref, PayloadWriter out) {
    putId(ref.id(), out);
    out.putLong(ref.length());
  }

  private static BlobRef readRef(PayloadReader in) {
    return new BlobRef(readId(in), in.readLong());
  }
}
