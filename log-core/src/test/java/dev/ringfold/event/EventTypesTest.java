// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventCodecException;
import dev.ringfold.UnknownEventTypeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTypesTest {
  private record Opened(int door) implements Event {}

  private record Shut(int door) implements Event {}

  private static final EventCodec<Opened> OPENED_CODEC =
      EventCodec.of((event, out) -> out.putInt(event.door()), in -> new Opened(in.readInt()));
  private static final EventCodec<Shut> SHUT_CODEC =
      EventCodec.of((event, out) -> out.putInt(event.door()), in -> new Shut(in.readInt()));
  private static final EventType<Opened> OPENED =
      EventType.builder(1_024, "Opened", Opened.class, OPENED_CODEC).build();

  @Test
  void theBuiltinTypesAreAlwaysThereUnderTheirFixedIds() {
    List<EventType<?>> all = EventTypes.builder().add(OPENED).build().all();

    assertThat(all)
        .extracting(type -> type.id() + " " + type.name())
        .containsExactly(
            "1 MetricsLogged",
            "2 DropsObserved",
            "3 LedgerMark",
            "4 ClockTicked",
            "5 RetentionApplied",
            "6 HealthChanged",
            "7 RecoveryCompleted",
            "8 BlobsCollected",
            "9 LogOpened",
            "10 LogClosed",
            "11 RunStarted",
            "12 RunClosed",
            "13 EventDeadLettered",
            "14 DeadLetterResolved",
            "15 EventSkipped",
            "16 ProjectionConfigured",
            "17 TableCompacted",
            "18 CheckpointCommitted",
            "19 CheckpointPinned",
            "20 CheckpointLabelled",
            "21 CheckpointExpired",
            "22 QuantumStateSaved",
            "23 QuantumStateRemoved",
            "24 StateExported",
            "25 ScrubCompleted",
            "26 CallIntended",
            "27 CallCompleted",
            "28 CallLeftOpen",
            "29 CallSettled",
            "30 ForkBegan",
            "31 EventLost",
            "1024 Opened");
  }

  @Test
  void findsTypesByIdAndByExactClass() {
    EventTypes types = EventTypes.builder().add(OPENED).build();

    assertThat(types.byId(1_024)).isSameAs(OPENED);
    assertThat(types.byClass(Opened.class)).isSameAs(OPENED);
    assertThat(types.typeOf(new Opened(1))).isSameAs(OPENED);
    for (int id : new int[] {-1, 0, 1_000, 1_023, 1_025, 65_535, 65_536}) {
      assertThat(types.byId(id)).isNull();
    }
    assertThat(types.byClass(Shut.class)).isNull();
    assertThat(EventTypes.builtin().byId(1_024)).isNull();
  }

  @Test
  void anUnregisteredEventNamesItsClassAndWhatToDo() {
    assertThatThrownBy(() -> EventTypes.builtin().typeOf(new Shut(1)))
        .isInstanceOf(UnknownEventTypeException.class)
        .hasMessageContaining(Shut.class.getName())
        .hasMessageContaining("EventTypes.builder().add(");
  }

  @Test
  void aSecondTypeWithTheSameIdNameOrClassIsRefusedByName() {
    EventTypes.Builder builder = EventTypes.builder().add(OPENED);

    assertThatThrownBy(
            () -> builder.add(EventType.builder(1_024, "Shut", Shut.class, SHUT_CODEC).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("both have id 1024")
        .hasMessageContaining("Opened")
        .hasMessageContaining("Shut");
    assertThatThrownBy(
            () -> builder.add(EventType.builder(1_025, "Opened", Shut.class, SHUT_CODEC).build()))
        .hasMessageContaining("both have name Opened");
    assertThatThrownBy(
            () -> builder.add(EventType.builder(1_025, "Open", Opened.class, OPENED_CODEC).build()))
        .hasMessageContaining("both have " + Opened.class.getName());
    assertThatThrownBy(
            () ->
                builder.add(EventType.builder(1_026, "LogOpened", Shut.class, SHUT_CODEC).build()))
        .hasMessageContaining("both have name LogOpened");
  }

  @Test
  void anUnknownTypeOrANewerVersionIsKeptRaw() {
    EventTypes types = EventTypes.builder().add(OPENED).build();
    byte[] payload = {1, 2, 3, 4};

    assertThat(types.decode(9_999, 3, new PayloadReader().wrap(payload)))
        .isEqualTo(new UnknownEvent(9_999, 3, payload, UnknownEvent.Reason.UNKNOWN_TYPE));
    assertThat(types.decode(1_024, 2, new PayloadReader().wrap(payload)))
        .isEqualTo(new UnknownEvent(1_024, 2, payload, UnknownEvent.Reason.NEWER_VERSION));
    assertThat(types.decode(1_024, 1, new PayloadReader().wrap(payload)))
        .isEqualTo(new Opened(0x04030201));
  }

  @Test
  void anUnknownEventDoesNotShareItsBytes() {
    byte[] payload = {1, 2};
    UnknownEvent event = new UnknownEvent(5_000, 1, payload, UnknownEvent.Reason.UNKNOWN_TYPE);
    payload[0] = 9;
    event.raw()[1] = 9;

    assertThat(event.raw()).containsExactly(1, 2);
    assertThat(event)
        .hasToString("UnknownEvent[typeId=5000, version=1, raw=2 bytes, reason=UNKNOWN_TYPE]");
    assertThat(event.hashCode())
        .isEqualTo(
            new UnknownEvent(5_000, 1, new byte[] {1, 2}, UnknownEvent.Reason.UNKNOWN_TYPE)
                .hashCode());
  }

  @Test
  void aKnownTypeWithDamagedBytesIsAnError() {
    EventTypes types = EventTypes.builder().add(OPENED).build();

    assertThatThrownBy(() -> types.decode(1_024, 1, new PayloadReader().wrap(new byte[3])))
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("Opened (id 1024, version 1)")
        .hasMessageContaining("found 3 bytes");
  }

  @Test
  void lookUpsAllocateNothing() {
    EventTypes types = EventTypes.builder().add(OPENED).build();
    Opened event = new Opened(1);
    int[] found = new int[1];

    long allocated =
        AllocatedBytes.leastOf(
            20,
            () -> {
              for (int i = 0; i < 1_000; i++) {
                found[0] += types.typeOf(event) == types.byId(1_024) ? 1 : 0;
              }
            });

    assertThat(allocated).isZero();
    assertThat(found[0]).isEqualTo(20_000);
  }
}
