// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventCodecException;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTypeTest {
  private static final int ID = 2_000;

  /** Version 3; version 1 had only the item, version 2 added the price in cents as an int. */
  private record OrderPlaced(String item, long priceCents, String currency) implements Event {}

  private static final EventCodec<OrderPlaced> CODEC =
      EventCodec.of(
          (event, out) -> {
            out.putString(event.item());
            out.putLong(event.priceCents());
            out.putString(event.currency());
          },
          in -> new OrderPlaced(in.readString(), in.readLong(), in.readString()));

  private record Step(int fromVersion) implements Upcaster {
    @Override
    public void upcast(PayloadReader old, PayloadWriter next) {
      next.putString(old.readString());
      if (fromVersion == 1) {
        next.putInt(5);
      } else {
        next.putLong(old.readInt());
        next.putString("EUR");
      }
    }
  }

  @Test
  void tellsTheBlobsThatAnEventNames() {
    BlobRef ref = new BlobRef(BlobId.parse("ab".repeat(32)), 5);
    EventType<OrderPlaced> without = versionThree().build();
    EventType<OrderPlaced> with = versionThree().blobs(event -> List.of(ref)).build();
    EventType<OrderPlaced> failing =
        versionThree()
            .blobs(
                event -> {
                  throw new IllegalStateException("no idea");
                })
            .build();
    OrderPlaced event = new OrderPlaced("tea", 5, "EUR");
    assertThat(without.namesBlobs()).isFalse();
    assertThat(without.blobs(event)).isEmpty();
    assertThat(with.namesBlobs()).isTrue();
    assertThat(with.blobs(event)).containsExactly(ref);
    assertThatThrownBy(() -> failing.blobs(event))
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("no idea");
  }

  @Test
  void decodesEveryOlderVersionThroughItsUpcasters() {
    EventType<OrderPlaced> type = versionThree().build();
    PayloadWriter first = new PayloadWriter();
    first.putString("book");
    PayloadWriter second = new PayloadWriter();
    second.putString("pen");
    second.putInt(7);
    PayloadWriter third = new PayloadWriter();
    type.encode(new OrderPlaced("cup", 9, "CHF"), third);

    assertThat(type.decode(1, reader(first))).isEqualTo(new OrderPlaced("book", 5, "EUR"));
    assertThat(type.decode(2, reader(second))).isEqualTo(new OrderPlaced("pen", 7, "EUR"));
    assertThat(type.decode(3, reader(third))).isEqualTo(new OrderPlaced("cup", 9, "CHF"));
  }

  @Test
  void upcastersMayBeAddedInAnyOrder() {
    EventType<OrderPlaced> type =
        builder().schemaVersion(3).upcaster(new Step(2)).upcaster(new Step(1)).build();
    PayloadWriter first = new PayloadWriter();
    first.putString("book");

    assertThat(type.decode(1, reader(first)).priceCents()).isEqualTo(5);
  }

  @Test
  void anOldPayloadCutAtAnyByteIsATypedErrorThatNamesItsVersion() {
    EventType<OrderPlaced> type = versionThree().build();
    PayloadWriter second = new PayloadWriter();
    second.putString("pen");
    second.putInt(7);

    for (int length = 0; length < second.length(); length++) {
      byte[] cut = Arrays.copyOf(second.array(), length);
      assertThatThrownBy(() -> type.decode(2, new PayloadReader().wrap(cut)))
          .isInstanceOf(EventCodecException.class)
          .hasMessageContaining("shop.OrderPlaced (id 2000, version 2)");
    }
  }

  @Test
  void anIncompleteUpcasterChainIsRefusedByVersion() {
    assertThatThrownBy(() -> builder().schemaVersion(3).upcaster(new Step(2)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shop.OrderPlaced")
        .hasMessageContaining("exactly one upcaster from version 1 but has 0");
    assertThatThrownBy(() -> versionThree().upcaster(new Step(2)).build())
        .hasMessageContaining("exactly one upcaster from version 2 but has 2");
    assertThatThrownBy(() -> versionThree().upcaster(new Step(3)).build())
        .hasMessageContaining("outside 1 to 2");
    assertThatThrownBy(() -> builder().upcaster(new Step(1)).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void idsNamesAndVersionsOutOfRangeAreRefused() {
    for (int id : new int[] {-1, 0, 1, 1_023, 65_536}) {
      assertThatThrownBy(() -> EventType.builder(id, "A", OrderPlaced.class, CODEC))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1024 to 65535 but was " + id);
    }
    for (int id : new int[] {0, 1_024}) {
      assertThatThrownBy(() -> EventType.reserved(id, "A", OrderPlaced.class, CODEC))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String name : List.of("", " ", "a b", "a..b", ".a", "a.", "1a", "a-b", "ä", "a\n")) {
      assertThatThrownBy(() -> EventType.builder(ID, name, OrderPlaced.class, CODEC))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("but was '" + name + "'");
    }
    for (int version : new int[] {0, 256}) {
      assertThatThrownBy(() -> builder().schemaVersion(version))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aFailingCodecBecomesATypedErrorThatNamesTheType() {
    EventType<OrderPlaced> type =
        EventType.builder(
                ID,
                "shop.OrderPlaced",
                OrderPlaced.class,
                EventCodec.<OrderPlaced>of(
                    (event, out) -> {
                      throw new IllegalStateException("no way");
                    },
                    in -> {
                      throw new ArithmeticException("no way back");
                    }))
            .build();

    assertThatThrownBy(() -> type.encode(new OrderPlaced("a", 1, "b"), new PayloadWriter()))
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("shop.OrderPlaced (id 2000, version 1)")
        .hasMessageContaining("no way");
    assertThatThrownBy(() -> type.decode(1, new PayloadReader()))
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("no way back")
        .hasCauseInstanceOf(ArithmeticException.class);
  }

  @Test
  void anEventTooLargeNamesItsTypeSizeAndLimit() {
    PayloadWriter small = new PayloadWriter(16, 16);

    assertThatThrownBy(
            () -> versionThree().build().encode(new OrderPlaced("0123456789012345", 1, ""), small))
        .isInstanceOf(EventTooLargeException.class)
        .hasMessageContaining("shop.OrderPlaced")
        .hasMessageContaining("20 bytes")
        .hasMessageContaining("limit of 16 bytes");
  }

  @Test
  void bytesLeftOverAndVersionsOutOfRangeAreErrors() {
    EventType<OrderPlaced> type = versionThree().build();
    PayloadWriter out = new PayloadWriter();
    type.encode(new OrderPlaced("a", 1, "b"), out);
    out.putByte(0);

    assertThatThrownBy(() -> type.decode(3, reader(out)))
        .isInstanceOf(EventCodecException.class)
        .hasMessageContaining("1 more bytes");
    for (int version : new int[] {-1, 0, 4}) {
      assertThatThrownBy(() -> type.decode(version, reader(out)))
          .isInstanceOf(EventCodecException.class)
          .hasMessageContaining("expected a version from 1 to 3");
    }
  }

  private static EventType.Builder<OrderPlaced> builder() {
    return EventType.builder(ID, "shop.OrderPlaced", OrderPlaced.class, CODEC);
  }

  private static EventType.Builder<OrderPlaced> versionThree() {
    return builder().schemaVersion(3).upcaster(new Step(1)).upcaster(new Step(2));
  }

  private static PayloadReader reader(PayloadWriter out) {
    return new PayloadReader().wrap(out.toByteArray());
  }
}
