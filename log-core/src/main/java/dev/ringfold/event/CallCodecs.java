// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/** Codecs of the facts about paid calls; the layouts are in the records' Javadoc. */
final class CallCodecs {
  static final EventCodec<CallIntended> CALL_INTENDED =
      EventCodec.of(
          (event, out) -> {
            out.putByte(event.kind());
            out.putDouble(event.costLimit());
            out.putString(event.key());
            out.putString(event.provider());
            out.putString(event.token());
            out.putBytes(event.request());
          },
          in ->
              new CallIntended(
                  in.readUnsignedByte(),
                  in.readDouble(),
                  in.readString(),
                  in.readString(),
                  in.readString(),
                  in.readBytes()));

  static final EventCodec<CallCompleted> CALL_COMPLETED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.intent());
            out.putBoolean(event.good());
            out.putDouble(event.cost());
            out.putString(event.jobId());
            out.putBytes(event.result());
          },
          in ->
              new CallCompleted(
                  in.readLong(),
                  in.readBoolean(),
                  in.readDouble(),
                  in.readString(),
                  in.readBytes()));

  static final EventCodec<CallLeftOpen> CALL_LEFT_OPEN =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.intent());
            out.putString(event.reason());
          },
          in -> new CallLeftOpen(in.readLong(), in.readString()));

  static final EventCodec<CallSettled> CALL_SETTLED =
      EventCodec.of(
          (event, out) -> {
            out.putLong(event.intent());
            out.putBoolean(event.submitted());
            out.putDouble(event.cost());
            out.putString(event.note());
          },
          in -> new CallSettled(in.readLong(), in.readBoolean(), in.readDouble(), in.readString()));

  private CallCodecs() {}
}
