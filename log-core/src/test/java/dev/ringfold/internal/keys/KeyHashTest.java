// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("smoke")
final class KeyHashTest {
  private final KeyHash hash = new KeyHash();

  @Test
  void keyIsTheStartOfSha256OverDomainAndUtf8() throws Exception {
    for (String key : new String[] {"a", "order-4711", "Grüße", "日本語", "\uD83D\uDE00!", "\0"}) {
      ByteBuffer expected = sha256("ringfold.key.1\0" + key);

      hash.key(key);

      assertThat(hash.hi()).as(key).isEqualTo(expected.getLong(0));
      assertThat(hash.lo()).as(key).isEqualTo(expected.getLong(8));
    }
  }

  @Test
  void everyCodePointIsEncodedAsUtf8() throws Exception {
    for (int point = 1; point <= Character.MAX_CODE_POINT; point += 97) {
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        String key = Character.toString(point);
        hash.key(key);
        assertThat(hash.hi()).isEqualTo(sha256("ringfold.key.1\0" + key).getLong(0));
      }
    }
  }

  @Test
  void keysAndTagsOfTheSameTextDiffer() {
    Set<Long> seen = new HashSet<>();
    hash.key("ab");
    seen.add(hash.hi());
    hash.tag("ab", "");
    seen.add(hash.hi());
    hash.tag("a", "b");
    seen.add(hash.hi());
    hash.key("a");
    seen.add(hash.hi());

    assertThat(seen).hasSize(4);
  }

  @Test
  void tagIsTheSameWhicheverCallerHashesIt() {
    hash.tag("order", "4711");
    long hi = hash.hi();
    long lo = hash.lo();
    KeyHash other = new KeyHash();
    other.key("something before");
    other.tag("order", "4711");

    assertThat(other.hi()).isEqualTo(hi);
    assertThat(other.lo()).isEqualTo(lo);
  }

  @Test
  void badTextIsRefusedAndLeavesTheHashUsable() throws Exception {
    String tooLong = "x".repeat(KeyHash.MAX_KEY_LENGTH + 1);
    assertThatThrownBy(() -> hash.key("")).hasMessageContaining("must not be empty");
    assertThatThrownBy(() -> hash.key(tooLong)).hasMessageContaining("1024 bytes");
    assertThatThrownBy(() -> hash.key("a\uD800")).hasMessageContaining("index 1");
    assertThatThrownBy(() -> hash.tag("", "x")).hasMessageContaining("tag name");
    assertThatThrownBy(() -> hash.tag("x", tooLong)).hasMessageContaining("tag value");

    hash.key("x".repeat(KeyHash.MAX_KEY_LENGTH));

    String longest = "ringfold.key.1\0" + "x".repeat(KeyHash.MAX_KEY_LENGTH);
    assertThat(hash.hi()).isEqualTo(sha256(longest).getLong(0));
  }

  @Test
  void payloadHashCoversEveryField() {
    byte[] payload = {1, 2, 3, 4};
    Set<Long> seen = new HashSet<>();
    seen.add(payloadHash(1, 1, 1, payload));
    seen.add(payloadHash(2, 1, 1, payload));
    seen.add(payloadHash(1, 2, 1, payload));
    seen.add(payloadHash(1, 1, 2, payload));
    seen.add(payloadHash(1, 1, 1, new byte[] {1, 2, 3, 5}));
    seen.add(payloadHash(1, 1, 1, new byte[] {1, 2, 3}));
    seen.add(payloadHash(1, 1, 1, new byte[0]));

    assertThat(seen).hasSize(7);
    assertThat(payloadHash(1, 1, 1, payload)).isEqualTo(payloadHash(1, 1, 1, payload));
  }

  @Test
  void groupHashDependsOnWhereOneEventEnds() {
    hash.beginPayload();
    hash.addPayload(1, 1, 1, new byte[] {1, 2}, 0, 2);
    hash.addPayload(1, 1, 1, new byte[] {3}, 0, 1);
    long first = hash.endPayload();
    hash.beginPayload();
    hash.addPayload(1, 1, 1, new byte[] {1}, 0, 1);
    hash.addPayload(1, 1, 1, new byte[] {2, 3}, 0, 2);

    assertThat(hash.endPayload()).isNotEqualTo(first);
  }

  @Test
  void bufferAndArrayGiveTheSamePayloadHash() {
    byte[] payload = {9, 1, 2, 3, 9};
    ByteBuffer direct = ByteBuffer.allocateDirect(5).put(payload).position(1).limit(4);
    hash.beginPayload();
    hash.addPayload(1, 2, 3, payload, 1, 3);
    long expected = hash.endPayload();

    hash.beginPayload();
    hash.addPayload(1, 2, 3, direct);

    assertThat(hash.endPayload()).isEqualTo(expected);
    assertThat(direct.remaining()).isZero();
  }

  @Test
  void beginPayloadForgetsAnUnfinishedOne() {
    long expected = payloadHash(1, 1, 1, new byte[] {1});
    hash.beginPayload();
    hash.addPayload(5, 5, 5, new byte[] {5}, 0, 1);

    assertThat(payloadHash(1, 1, 1, new byte[] {1})).isEqualTo(expected);
  }

  @Test
  void hashingAllocatesNothing() {
    byte[] payload = new byte[100];
    Runnable work =
        () -> {
          for (int i = 0; i < 10_000; i++) {
            hash.key("order-4711-line-3");
            payloadHash(1, 1, 1, payload);
          }
        };
    work.run();

    assertThat(Allocations.leastBytes(work)).isZero();
  }

  private long payloadHash(int type, int schemaVersion, int stream, byte[] payload) {
    hash.beginPayload();
    hash.addPayload(type, schemaVersion, stream, payload, 0, payload.length);
    return hash.endPayload();
  }

  private static ByteBuffer sha256(String text) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN);
  }
}
