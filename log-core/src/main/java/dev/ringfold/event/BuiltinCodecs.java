// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.HexFormat;

/** Codecs of the events the log writes about itself; the layouts are in the records' Javadoc. */
final class BuiltinCodecs {
  static final EventCodec<DropsObserved> DROPS_OBSERVED =
      EventCodec.of(
          (event, out) -> {
            out.putInt(event.producer());
            out.putInt(event.stream());
            out.putLong(event.from());
            out.putLong(event.to());
            out.putLong(event.count());
            out.putByte(event.reason().code());
            out.putInt(event.session());
          },
          in ->
              new DropsObserved(
                  in.readInt(),
                  in.readInt(),
                  in.readLong(),
                  in.readLong(),
                  in.readLong(),
                  DropReason.ofCode(in.readUnsignedByte()),
                  in.readInt()));

  static final EventCodec<LedgerMark> LEDGER_MARK =
      EventCodec.of(
          (event, out) -> {
            out.putInt(event.session());
            out.putInt(event.producer());
            out.putInt(event.nameId());
            out.putLong(event.offered());
            out.putLong(event.stored());
            out.putLong(event.dropped());
            out.putBoolean(event.lowerBound());
            out.putBoolean(event.closing());
          },
          in ->
              new LedgerMark(
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readLong(),
                  in.readLong(),
                  in.readLong(),
                  in.readBoolean(),
                  in.readBoolean()));

  static final EventCodec<ClockTicked> CLOCK_TICKED =
      EventCodec.of((event, out) -> {}, in -> new ClockTicked());

  static final EventCodec<RetentionApplied> RETENTION_APPLIED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.floorSequence());
            out.putInt(event.segments());
            out.putLong(event.bytes());
          },
          in -> new RetentionApplied(in.readLong(), in.readInt(), in.readLong()));

  static final EventCodec<HealthChanged> HEALTH_CHANGED =
      EventCodec.of(
          (event, out) -> {
            out.putByte(event.from().code());
            out.putByte(event.to().code());
            out.putString(event.reason());
          },
          in ->
              new HealthChanged(
                  HealthState.ofCode(in.readUnsignedByte()),
                  HealthState.ofCode(in.readUnsignedByte()),
                  in.readString()));

  static final EventCodec<RecoveryCompleted> RECOVERY_COMPLETED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.previousSession());
            out.putLong(event.lastSequence());
            out.putLong(event.cutFrames());
            out.putLong(event.cutBytes());
            out.putString(event.detail());
          },
          in ->
              new RecoveryCompleted(
                  in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readString()));

  static final EventCodec<BlobsCollected> BLOBS_COLLECTED =
      EventCodec.of(
          (event, out) -> {
            out.putInt(event.blobs());
            out.putLong(event.bytes());
          },
          in -> new BlobsCollected(in.readInt(), in.readLong()));

  static final EventCodec<LogOpened> LOG_OPENED =
      EventCodec.of(
          (event, out) -> {
            out.putInt(event.session());
            out.putString(event.version());
            out.putString(event.host());
          },
          in -> new LogOpened(in.readInt(), in.readString(), in.readString()));

  static final EventCodec<LogClosed> LOG_CLOSED =
      EventCodec.of((event, out) -> out.putInt(event.session()), in -> new LogClosed(in.readInt()));

  static final EventCodec<ForkBegan> FORK_BEGAN =
      EventCodec.of(
          (event, out) -> {
            out.putRaw(HexFormat.of().parseHex(event.parentStore()), 0, ForkBegan.STORE_ID_LENGTH);
            out.putLong(event.sequence());
            out.putString(event.name());
          },
          in ->
              new ForkBegan(
                  HexFormat.of().formatHex(in.readRaw(ForkBegan.STORE_ID_LENGTH)),
                  in.readLong(),
                  in.readString()));

  static final EventCodec<EventLost> EVENT_LOST =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.firstLost());
            out.putLong(event.lastLost());
          },
          in -> new EventLost(in.readLong(), in.readLong()));

  private BuiltinCodecs() {}
}
