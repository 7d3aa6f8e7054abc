// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogFixture;
import dev.ringfold.call.FakeProviders.Mishap;
import dev.ringfold.event.StreamKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repeated run gets the recorded results and reaches no provider. */
class ReplayedCallsTest {
  private static final StreamKey STREAM = StreamKey.of("vqe");
  private static final Provider FORBIDDEN =
      new PlainProvider() {
        @Override
        public String name() {
          return "forbidden";
        }

        @Override
        public CallAnswer submit(CallRequest call) {
          throw new AssertionError("a replay must not call out, but asked for " + call.key());
        }
      };

  @TempDir Path directory;

  private final FakeProviders fake = new FakeProviders();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String loop(PaidCalls calls, Provider provider) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      CallResult result = calls.submitOnce("step-" + i, bytes("x" + i), provider);
      all.append(result.good() ? result.text() : result.reason()).append('|').append(result.cost());
    }
    return all.append(calls.spent()).toString();
  }

  @Test
  void aReplayGivesTheSameResultsWithoutAnyCall() {
    Path store = directory.resolve("store");
    String live;
    long end;
    try (EventLog log = LogFixture.builder(store).build()) {
      try (PaidCalls calls = PaidCalls.on(log, log.stream("vqe"))) {
        fake.mishaps.add(Mishap.REFUSED);
        live = loop(calls, fake.of(ProviderKind.LOOKUP));
        end = log.lastSequence();
        calls.submitOnce("later", bytes("later"), fake.of(ProviderKind.LOOKUP));
      }
      try (EventLogReader reader = EventLog.openReadOnly(store);
          PaidCalls replay = PaidCalls.replaying(reader, STREAM, end)) {
        assertThat(loop(replay, FORBIDDEN)).isEqualTo(live);
      }
    }
    try (EventLogReader reader = EventLog.openReadOnly(store);
        PaidCalls all = PaidCalls.replaying(reader, "vqe");
        PaidCalls before = PaidCalls.replaying(reader, STREAM, end)) {
      loop(all, FORBIDDEN);
      assertThat(loop(before, FORBIDDEN)).isEqualTo(live);
      assertThat(all.submitOnce("later", bytes("later"), FORBIDDEN).recorded()).isTrue();
      assertThatThrownBy(() -> before.submitOnce("later", bytes("later"), FORBIDDEN))
          .isInstanceOf(CallNotRecordedException.class);
      assertThatThrownBy(() -> all.submitOnce("step-1", bytes("other"), FORBIDDEN))
          .isInstanceOf(CallConflictException.class);
      assertThatThrownBy(() -> all.settle("later", true, 0, "")).hasMessageContaining("replay");
      assertThat(CallHistory.read(reader, end).calls()).hasSize(20);
      assertThat(CallHistory.read(reader).calls()).hasSize(21);
    }
  }

  @Test
  void whatHasNoResultIsSaidAndNotMade() {
    Path store = directory.resolve("store");
    try (EventLog log = LogFixture.builder(store).build()) {
      try (PaidCalls calls = PaidCalls.on(log, log.stream("vqe"))) {
        fake.mishaps.add(Mishap.CRASH_AFTER);
        assertThatThrownBy(() -> calls.submitOnce("open", bytes("x"), fake.of(ProviderKind.LOOKUP)))
            .isInstanceOf(FakeProviders.Crash.class);
        fake.mishaps.add(Mishap.REPLY_LOST);
        assertThatThrownBy(() -> calls.submitOnce("lost", bytes("y"), fake.of(ProviderKind.PLAIN)))
            .isInstanceOf(OutcomeUnknownException.class);
      }
    }
    try (EventLogReader reader = EventLog.openReadOnly(store);
        PaidCalls replay = PaidCalls.replaying(reader, "vqe")) {
      assertThatThrownBy(() -> replay.submitOnce("open", bytes("x"), FORBIDDEN))
          .isInstanceOf(CallNotRecordedException.class)
          .hasMessageContaining("OPEN");
      assertThatThrownBy(() -> replay.submitOnce("lost", bytes("y"), FORBIDDEN))
          .isInstanceOf(OutcomeUnknownException.class);
      assertThat(replay.history().unsettled())
          .extracting(CallRecord::key)
          .containsExactly("open", "lost");
    }
  }
}
