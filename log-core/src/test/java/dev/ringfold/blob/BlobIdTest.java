// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlobIdTest {
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void idIsTheSha256OfTheBytes() {
    assertThat(BlobFixture.hash("abc".getBytes(StandardCharsets.US_ASCII)).hex()).isEqualTo(ABC);
  }

  @Test
  void hexAndBytesRoundTripAndEqualIdsAreEqual() {
    BlobId id = BlobId.parse(ABC);

    assertThat(BlobId.of(id.bytes())).isEqualTo(id).hasSameHashCodeAs(id);
    assertThat(id.toString()).isEqualTo(ABC);
    assertThat(id).isNotEqualTo(BlobId.parse(ABC.replace('a', 'b')));
  }

  @Test
  void bufferRoundTripIgnoresTheBuffersByteOrder() {
    ByteBuffer buffer = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).position(4);

    BlobId.parse(ABC).writeTo(buffer);

    assertThat(buffer.position()).isEqualTo(36);
    assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(BlobId.readFrom(buffer.position(4))).isEqualTo(BlobId.parse(ABC));
  }

  @Test
  void orderIsThatOfTheHexText() {
    List<BlobId> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ids.add(BlobFixture.hash(BlobFixture.bytes(8, i)));
    }
    List<BlobId> byHex = new ArrayList<>(ids);
    byHex.sort(Comparator.comparing(BlobId::hex));

    ids.sort(null);

    assertThat(ids).isEqualTo(byHex);
  }

  @Test
  void anythingButLowerCaseHexIsRefused() {
    assertThatThrownBy(() -> BlobId.parse(ABC.toUpperCase(java.util.Locale.ROOT)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 lower-case hex digits");
    assertThatThrownBy(() -> BlobId.parse(ABC.substring(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BlobId.of(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("31");
  }
}
