// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.jmh;

import dev.ringfold.event.EventFormat;
import dev.ringfold.event.MetricsCodec;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.internal.journal.FrameAssembler;
import dev.ringfold.internal.journal.FrameFormat;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A frame of 256 metric events: encoding, packing, checksum. */
@State(Scope.Thread)
public class FrameParts {
  /** Events in one frame; figures are per event. */
  static final int EVENTS = FrameFormat.MAX_EVENTS;

  private static final int VALUES = 8;
  private static final int LENGTH = EventFormat.HEADER_LENGTH + MetricsCodec.completeLength(VALUES);

  private final double[] values = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
  private final byte[] event = new byte[LENGTH];
  private final byte[] body = new byte[EVENTS * LENGTH];
  private final FrameAssembler frame = new FrameAssembler(FrameFormat.MAX_LENGTH);
  private final CRC32C crc = new CRC32C();
  private long step;
  private int previousCrc;

  /** Made by JMH. */
  public FrameParts() {}

  /** Payload of one metric event with eight doubles into an array. */
  @Benchmark
  public int encodePayload() {
    return MetricsCodec.encodeDoubles(
        event, EventFormat.HEADER_LENGTH, 1, MetricsLogged.Kind.STEP, 0, 0, step++, values, VALUES);
  }

  /** 256 encoded events copied into a frame that is then finished: header, CRC32C, chain. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public int assembleFrame() {
    frame.clear();
    for (int i = 0; i < EVENTS; i++) {
      frame.add(event, 0, LENGTH, 1);
    }
    step += EVENTS;
    previousCrc = frame.finish(FrameFormat.KIND_EVENTS, step, step, step, step, previousCrc, 1);
    return previousCrc;
  }

  /** CRC32C of the body of such a frame. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long checksumFrame() {
    crc.reset();
    crc.update(body, 0, body.length);
    return crc.getValue();
  }
}
