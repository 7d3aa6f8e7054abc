// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.SchemaChangedException;
import dev.ringfold.internal.journal.SchemaHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SchemaLockTest {
  @TempDir private Path directory;

  record Line(String item, int count) {}

  record Ordered(long order, List<Line> lines) implements Event {}

  record OrderedLater(long order, List<Line> lines, String currency) implements Event {}

  private static final Event SAMPLE = new Ordered(7, List.of());
  private static final Event LATER = new OrderedLater(8, List.of(), "EUR");

  private static EventType<Ordered> first() {
    return EventType.builder(
            1024,
            "shop.Ordered",
            Ordered.class,
            EventCodec.of(
                (event, out) -> out.putLong(event.order()),
                in -> new Ordered(in.readLong(), List.of())))
        .build();
  }

  private static EventType.Builder<OrderedLater> later() {
    return EventType.builder(
        1024,
        "shop.Ordered",
        OrderedLater.class,
        EventCodec.of(
            (event, out) -> {
              out.putLong(event.order());
              out.putString(event.currency());
            },
            in -> new OrderedLater(in.readLong(), List.of(), in.readString())));
  }

  private static EventType<OrderedLater> second() {
    return later()
        .schemaVersion(2)
        .upcaster(
            new Upcaster() {
              @Override
              public int fromVersion() {
                return 1;
              }

              @Override
              public void upcast(PayloadReader old, PayloadWriter next) {
                next.putLong(old.readLong());
                next.putString("USD");
              }
            })
        .build();
  }

  private static EventTypes types(EventType<?> type) {
    return EventTypes.builder().add(type).build();
  }

  @Test
  void fieldsOfNestedRecordsAreDescribed() {
    assertThat(EventSchema.of(first()).fields())
        .isEqualTo("long order, List<Line(String item, int count)> lines");
  }

  @Test
  void aChangeWithoutANewVersionFailsAndOneWithAnUpcasterIsTakenIn() throws IOException {
    Path file = directory.resolve("schemas.lock");
    SchemaLock.check(file, types(first()), List.of(SAMPLE), true);
    SchemaLock.check(file, types(first()), List.of(SAMPLE), false);

    assertThatThrownBy(() -> SchemaLock.check(file, types(later().build()), List.of(LATER), true))
        .isInstanceOf(SchemaChangedException.class)
        .hasMessageContaining("raise schemaVersion to 2")
        .hasMessageContaining("add an upcaster from version 1");

    assertThatThrownBy(() -> SchemaLock.check(file, types(second()), List.of(LATER), false))
        .isInstanceOf(SchemaChangedException.class)
        .hasMessageContaining("Check once with update");
    SchemaLock.check(file, types(second()), List.of(LATER), true);
    SchemaLock.check(file, types(second()), List.of(LATER), false);
    assertThat(Files.readAllLines(file))
        .hasSize(4)
        .anyMatch(line -> line.startsWith("golden 1024 1 ") && line.contains("currency=USD"));
  }

  @Test
  void anUpcasterThatMeansSomethingElseFails() throws IOException {
    Path file = directory.resolve("schemas.lock");
    SchemaLock.check(file, types(first()), List.of(SAMPLE), true);
    SchemaLock.check(file, types(second()), List.of(LATER), true);
    Files.writeString(file, Files.readString(file).replace("currency=USD", "currency=EUR"));

    assertThatThrownBy(() -> SchemaLock.check(file, types(second()), List.of(LATER), false))
        .isInstanceOf(SchemaChangedException.class)
        .hasMessageContaining("currency=USD");
  }

  @Test
  void aTypeThatIsGoneOrWentBackIsNamed() {
    Path file = directory.resolve("schemas.lock");
    SchemaLock.check(file, types(first()), List.of(SAMPLE), true);
    SchemaLock.check(file, types(second()), List.of(LATER), true);

    assertThatThrownBy(() -> SchemaLock.check(file, EventTypes.builtin(), List.of(), false))
        .hasMessageContaining("is gone");
    assertThatThrownBy(() -> SchemaLock.check(file, types(first()), List.of(SAMPLE), false))
        .hasMessageContaining("had version 2 already");
  }

  @Test
  void aStoreRefusesAVersionWithOtherFields() {
    Path store = directory.resolve("store");
    EventLog.builder(store).register(first()).build().close();

    assertThatThrownBy(() -> EventLog.builder(store).register(later().build()).build())
        .isInstanceOf(SchemaChangedException.class)
        .hasMessageContaining("Raise schemaVersion to 2")
        .hasMessageContaining(store.toString());
    assertThatThrownBy(() -> EventLogReader.open(store, types(later().build())))
        .isInstanceOf(SchemaChangedException.class);

    EventLog.builder(store).register(second()).build().close();
    EventLog.open(store).close();
    List<SchemaHistory.Applied> own =
        SchemaHistory.read(store).stream().filter(one -> one.schema().typeId() == 1024).toList();
    assertThat(own).extracting(one -> one.schema().version()).containsExactly(1, 2);
    assertThat(own).extracting(SchemaHistory.Applied::session).containsExactly(1L, 2L);
  }

  @Test
  void bytesThatStayTheSameNeedNoUpcasterOfTheirOwn() {
    EventType<OrderedLater> renamed =
        later().schemaVersion(2).upcaster(Upcaster.unchanged(1)).build();
    PayloadWriter payload = new PayloadWriter();
    renamed.encode(LATER, payload);

    assertThat(
            renamed.decode(
                1,
                new PayloadReader()
                    .wrap(java.nio.ByteBuffer.wrap(payload.array()), 0, payload.length())))
        .isEqualTo(LATER);
  }
}
