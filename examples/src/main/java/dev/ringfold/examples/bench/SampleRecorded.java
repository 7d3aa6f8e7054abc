// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The content of a {@link BenchEvent} as an event of the benchmark's own, for the appends that are
 * REQUIRED: the typed metrics path is LOSSY. Appending encodes in the caller's thread, so one
 * instance can be filled again and again.
 *
 * @param content the 101 bytes
 */
record SampleRecorded(byte[] content) implements Event {
  /** Step of an event that only marks a place in the ring and belongs to no measurement. */
  static final long FENCE = -1;

  static final EventType<SampleRecorded> TYPE =
      EventType.builder(
              EventType.MIN_USER_ID,
              "bench.SampleRecorded",
              SampleRecorded.class,
              EventCodec.of(
                  (event, out) -> out.putRaw(event.content, 0, BenchEvent.LENGTH),
                  in -> new SampleRecorded(in.readRaw(BenchEvent.LENGTH))))
          .build();

  /** An event to be filled. */
  static SampleRecorded empty() {
    return new SampleRecorded(new byte[BenchEvent.LENGTH]);
  }

  /** Takes the content of {@code event}. */
  SampleRecorded fill(BenchEvent event) {
    event.encode(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN), 0);
    return this;
  }

  /** Makes this a mark. */
  SampleRecorded fence() {
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(BenchEvent.STEP_OFFSET, FENCE);
    return this;
  }
}
