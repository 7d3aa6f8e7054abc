// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.ringfold.EventCodecException;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BuiltinEventsTest {
  private static final EventTypes TYPES = EventTypes.builtin();
  private static final int FUZZ_ROUNDS = 20_000;

  /** In the order of golden/events-v1.txt. */
  private static final List<Event> SAMPLES =
      List.of(
          MetricsLogged.complete(
              7,
              MetricsLogged.Kind.STEP,
              2,
              3,
              1_000_000_007L,
              Double.doubleToRawLongBits(0.5),
              -2L,
              1L),
          new MetricsLogged(
              8,
              MetricsLogged.Kind.EPOCH,
              65_535,
              -1,
              Long.MAX_VALUE,
              new long[] {11, 0, 0, 0, 0, 0, 0, 0, 0, Double.doubleToRawLongBits(-1.0)},
              new long[] {0b10_0000_0001L}),
          MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, 0),
          new DropsObserved(3, 4, 5, 9, 4, DropReason.RING_FULL, 6),
          new DropsObserved(255, 65_535, 1, Long.MAX_VALUE, 77, DropReason.TOO_LARGE, 1),
          new LedgerMark(2, 3, 4, 100, 90, 10, false, true),
          new LedgerMark(1, 255, 65_535, Long.MAX_VALUE, 0, 1, true, false),
          new ClockTicked(),
          new RetentionApplied(123_456_789_012L, 3, 805_306_368L),
          new HealthChanged(HealthState.OPEN, HealthState.LOW, "63 MiB free"),
          new HealthChanged(HealthState.LOW, HealthState.FAILED, "fdatasync: Größe \uD83D\uDCA5"),
          new RecoveryCompleted(41, 999, 1, 4_160, "torn frame at 65536"),
          new RecoveryCompleted(1, -1, 0, 0, ""),
          new BlobsCollected(12, 1L << 40),
          new LogOpened(42, "0.1.0", "node-1"),
          new LogClosed(42),
          new RunStarted(1, "{\"lr\":0.1}"),
          new RunClosed(1),
          new EventDeadLettered(77, 3, "metrics", "java.io.IOException: full", "at a.b(C.java:1)"),
          new DeadLetterResolved(77, true, "metrics"),
          new EventSkipped(78, "metrics", "too long"),
          new ProjectionConfigured("metrics", "codec=zstd"),
          new TableCompacted(1L << 33, "metrics"),
          new CheckpointCommitted(
              12, 1L << 27, 99, 98, 4, new BlobRef(id(0, 1), 321), "best", "{\"loss\":0.5}"),
          new CheckpointPinned(77, true, "paper"),
          new CheckpointLabelled(77, "best"),
          new CheckpointExpired(77, "keepLast 5"),
          new QuantumStateSaved(
              "ghz-16",
              16,
              true,
              0.75,
              1L << 20,
              4_097,
              id(32, 1),
              id(255, -1),
              new BlobRef(id(0, 1), 512)),
          new QuantumStateRemoved(78, "superseded"),
          new StateExported(78, 4_096, id(32, 1), "export-1", "qms"),
          new ScrubCompleted(1L << 33, 12, 1, "ghz-16: checksum"),
          new CallIntended(2, 1.5, "vqe/17", "simulator", "token-1", new byte[] {1, 2, -1}),
          new CallCompleted(80, true, 0.25, "job-9", new byte[] {0, -128}),
          new CallLeftOpen(80, "no answer"),
          new CallSettled(80, true, 0.25, "asked by phone"),
          new ForkBegan("00112233445566778899aabbccddeeff", 1L << 33, "lr halved"),
          new EventLost(5, 9));

  private static BlobId id(int first, int step) {
    byte[] bytes = new byte[BlobId.LENGTH];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first + i * step);
    }
    return BlobId.of(bytes);
  }

  @Test
  void everyBuiltinTypeHasAGoldenSample() throws IOException {
    assertThat(golden()).hasSameSizeAs(SAMPLES);
    assertThat(SAMPLES.stream().map(event -> TYPES.typeOf(event).id()).distinct())
        .containsExactlyElementsOf(BuiltinTypes.all().stream().map(EventType::id).toList());
  }

  @Test
  void everySampleEncodesToItsGoldenBytes() throws IOException {
    List<Golden> golden = golden();
    for (int i = 0; i < SAMPLES.size(); i++) {
      Event sample = SAMPLES.get(i);
      EventType<?> type = TYPES.typeOf(sample);

      assertThat(type.id() + " " + type.name() + " " + type.schemaVersion())
          .isEqualTo(golden.get(i).type());
      assertThat(Hex.of(encoded(sample))).as(sample.toString()).isEqualTo(golden.get(i).hex());
    }
  }

  @Test
  void everyGoldenPayloadDecodesToItsSample() throws IOException {
    List<Golden> golden = golden();
    for (int i = 0; i < SAMPLES.size(); i++) {
      EventType<?> type = TYPES.typeOf(SAMPLES.get(i));
      byte[] payload = Hex.bytes(golden.get(i).hex());

      assertThat(TYPES.decode(type.id(), 1, new PayloadReader().wrap(payload)))
          .isEqualTo(SAMPLES.get(i));
    }
  }

  @Test
  void aPayloadCutAtAnyByteOrOneByteTooLongIsATypedError() {
    for (Event sample : SAMPLES) {
      int typeId = TYPES.typeOf(sample).id();
      byte[] payload = encoded(sample);

      for (int length = 0; length <= payload.length + 1; length++) {
        if (length != payload.length) {
          byte[] cut = Arrays.copyOf(payload, length);
          assertThatThrownBy(() -> TYPES.decode(typeId, 1, new PayloadReader().wrap(cut)))
              .as("%s cut to %d of %d", sample, length, payload.length)
              .isInstanceOf(EventCodecException.class);
        }
      }
    }
  }

  @Test
  void damagedPayloadsDecodeOrFailTypedButNeverOtherwise() {
    Random random = SeededRandom.of(BuiltinEventsTest.class);
    int decoded = 0;
    int refused = 0;
    for (int round = 0; round < FUZZ_ROUNDS; round++) {
      Event sample = SAMPLES.get(random.nextInt(SAMPLES.size()));
      byte[] payload = damaged(encoded(sample), random);
      try {
        Event event = TYPES.decode(TYPES.typeOf(sample).id(), 1, new PayloadReader().wrap(payload));
        assertThat(encoded(event)).as(event.toString()).isEqualTo(canonical(event, payload));
        decoded++;
      } catch (EventCodecException e) {
        refused++;
      } catch (RuntimeException e) {
        fail("round " + round + " of " + sample + " as " + Hex.of(payload), e);
      }
    }
    assertThat(decoded).isPositive();
    assertThat(refused).isPositive();
  }

  @Test
  void codesOfStoredEnumsAreFixed() {
    assertThat(DropReason.values())
        .extracting(reason -> reason.code() + " " + reason)
        .containsExactly(
            "1 RING_FULL",
            "2 TIMEOUT",
            "3 DISK_LOW",
            "4 DISK_FULL",
            "5 REJECTED",
            "6 DUPLICATE",
            "7 CRASH",
            "8 CLOSED",
            "9 FAILED",
            "10 TOO_LARGE");
    assertThat(HealthState.values())
        .extracting(state -> state.code() + " " + state)
        .containsExactly("1 OPEN", "2 LOW", "3 FULL", "4 FAILED", "5 CLOSED");
    assertThat(DropReason.values()).allMatch(reason -> DropReason.ofCode(reason.code()) == reason);
    assertThat(HealthState.values()).allMatch(state -> HealthState.ofCode(state.code()) == state);
    for (int code : new int[] {-1, 0, 11}) {
      assertThatThrownBy(() -> DropReason.ofCode(code)).isInstanceOf(EventCodecException.class);
      assertThatThrownBy(() -> HealthState.ofCode(code)).isInstanceOf(EventCodecException.class);
    }
  }

  /** A row whose bitmap has every bit is read, but written without the bitmap. */
  private static byte[] canonical(Event event, byte[] payload) {
    if (event instanceof MetricsLogged row
        && (payload[MetricsCodec.SHAPE_OFFSET + 1] & MetricsCodec.SHAPE_PRESENCE >> 8) != 0
        && Arrays.equals(row.presence(), MetricsLogged.completePresence(row.columns()))) {
      return encoded(row);
    }
    return payload;
  }

  private static byte[] damaged(byte[] payload, Random random) {
    byte[] damaged = random.nextInt(4) > 0 ? payload : new byte[random.nextInt(64)];
    if (damaged.length == 0) {
      return damaged;
    }
    if (damaged != payload) {
      random.nextBytes(damaged);
    }
    for (int flips = random.nextInt(3); flips > 0; flips--) {
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    }
    return damaged;
  }

  private static byte[] encoded(Event event) {
    PayloadWriter out = new PayloadWriter();
    TYPES.typeOf(event).encode(event, out);
    return out.toByteArray();
  }

  private record Golden(String type, String hex) {}

  private static List<Golden> golden() throws IOException {
    List<Golden> lines = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(
            BuiltinEventsTest.class.getResourceAsStream("/golden/events-v1.txt"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.startsWith("#")) {
          int colon = line.indexOf(':');
          lines.add(new Golden(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
      }
    }
    return lines;
  }
}
