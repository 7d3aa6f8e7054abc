// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.LogFixture;
import dev.ringfold.call.FakeProviders.Crash;
import dev.ringfold.call.FakeProviders.Mishap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A log, paid calls in it, and a provider that things go wrong with. */
abstract class CallFixture {
  static final CallLimits LIMITS =
      CallLimits.DEFAULTS.retrying(2, Duration.ofMillis(100), Duration.ofSeconds(1));
  static final String STREAM = "vqe";

  @TempDir Path directory;

  final FakeProviders fake = new FakeProviders();
  final FakeClock clock = new FakeClock();
  EventLog log;
  PaidCalls calls;

  @BeforeEach
  void open() {
    open(CallBudget.UNLIMITED);
  }

  void open(CallBudget budget) {
    log = LogFixture.builder(directory.resolve("store")).build();
    calls = LivePaidCalls.open(log, log.stream(STREAM), budget, LIMITS, clock);
  }

  void reopen(CallBudget budget) {
    close();
    open(budget);
  }

  void reopen() {
    reopen(CallBudget.UNLIMITED);
  }

  @AfterEach
  void close() {
    calls.close();
    log.close();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  CallResult submit(String key, ProviderKind kind) {
    return calls.submitOnce(key, bytes(key), fake.of(kind));
  }

  CallState state(String key) {
    return calls.history().newest(log.stream(STREAM).key(), key).orElseThrow().state();
  }

  void crashIn(Mishap mishap, ProviderKind kind) {
    fake.mishaps.add(mishap);
    assertThatThrownBy(() -> submit("a", kind)).isInstanceOf(Crash.class);
    reopen();
  }
}
