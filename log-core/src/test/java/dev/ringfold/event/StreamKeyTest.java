// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StreamKeyTest {
  @Test
  void onlyTheNameIsRequired() {
    assertThat(StreamKey.of("run-1")).isEqualTo(new StreamKey("run-1", "", "", ""));
    assertThatThrownBy(() -> StreamKey.of(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The name of a stream must be 1 to 1024 bytes");
  }

  @Test
  void everyPartIsChecked() {
    String longest = "x".repeat(1_024);
    assertThat(new StreamKey(longest, longest, longest, longest).device()).hasSize(1_024);

    assertThatThrownBy(() -> new StreamKey("a", "b\t", "", "")).hasMessageContaining("The space");
    assertThatThrownBy(() -> new StreamKey("a", "", longest + "x", ""))
        .hasMessageContaining("The actor");
    assertThatThrownBy(() -> new StreamKey("a", "", "", "\uDC00"))
        .hasMessageContaining("The device of a stream has an unpaired surrogate at index 0");
  }
}
