// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.event.StreamKey;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallTokenTest {
  private static final String STORE = "0123456789abcdef0123456789abcdef";

  @Test
  void theTokenDependsOnNothingButTheCallAndItsFormNeverChanges() {
    String token = CallToken.of(STORE, StreamKey.of("vqe"), "step-1", 1);

    // printf '32:%s3:vqe0:0:0:6:step-11' STORE | sha256sum | cut -c1-32
    assertThat(token).isEqualTo("rf-4999a9a7f15890d1cf3ef621ec51cd4e").matches("rf-[0-9a-f]{32}");
  }

  @Test
  void whateverDiffersGivesAnotherToken() {
    Set<String> tokens = new HashSet<>();
    tokens.add(CallToken.of(STORE, StreamKey.of("vqe"), "a", 1));
    tokens.add(CallToken.of(STORE, StreamKey.of("vqe"), "a", 2));
    tokens.add(CallToken.of(STORE, StreamKey.of("vqe"), "b", 1));
    tokens.add(CallToken.of(STORE, StreamKey.of("vqea"), "", 1));
    tokens.add(CallToken.of(STORE, new StreamKey("vqe", "a", "", ""), "a", 1));
    tokens.add(CallToken.of(STORE, new StreamKey("vqe", "", "a", ""), "a", 1));
    tokens.add(CallToken.of(STORE, new StreamKey("vqe", "", "", "a"), "a", 1));
    tokens.add(CallToken.of(STORE.replace('0', '1'), StreamKey.of("vqe"), "a", 1));

    assertThat(tokens).hasSize(8);
  }
}
