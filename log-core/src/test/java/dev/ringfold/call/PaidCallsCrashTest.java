// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.LogFixture;
import dev.ringfold.internal.io.ChildJvm;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process dies at each point of a call; the provider's bill is a file that outlives it. */
class PaidCallsCrashTest {
  private static final int CALLS = 5;

  @TempDir Path directory;

  /** One line a job: its token. */
  private static final class FileProvider {
    private final Path bill;

    FileProvider(Path bill) {
      this.bill = bill;
    }

    List<String> tokens() throws IOException {
      return Files.exists(bill) ? Files.readAllLines(bill) : List.of();
    }

    CallAnswer submit(CallRequest call, boolean recognises) throws IOException {
      if (!recognises || !tokens().contains(call.token())) {
        Files.writeString(
            bill,
            call.token() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND,
            StandardOpenOption.DSYNC);
      }
      return done(call);
    }

    private static CallAnswer done(CallRequest call) {
      return new CallAnswer.Done(call.token(), 1, call.body());
    }

    Provider of(ProviderKind kind) {
      return switch (kind) {
        case IDEMPOTENT ->
            new IdempotentProvider() {
              @Override
              public String name() {
                return "file";
              }

              @Override
              public CallAnswer submit(CallRequest call) throws IOException {
                return FileProvider.this.submit(call, true);
              }
            };
        case LOOKUP ->
            new LookupProvider() {
              @Override
              public String name() {
                return "file";
              }

              @Override
              public CallAnswer submit(CallRequest call) throws IOException {
                return FileProvider.this.submit(call, false);
              }

              @Override
              public CallAnswer find(CallRequest call) throws IOException {
                return tokens().contains(call.token()) ? done(call) : new CallAnswer.Absent();
              }

              @Override
              public Duration visibleWithin() {
                return Duration.ZERO;
              }
            };
        case PLAIN ->
            new PlainProvider() {
              @Override
              public String name() {
                return "file";
              }

              @Override
              public CallAnswer submit(CallRequest call) throws IOException {
                return FileProvider.this.submit(call, false);
              }
            };
      };
    }
  }

  /** Makes the calls and dies at a fault point. */
  static final class Calling {
    private Calling() {}

    public static void main(String[] args) {
      Provider provider = new FileProvider(Path.of(args[1])).of(ProviderKind.valueOf(args[2]));
      try (EventLog log = LogFixture.builder(Path.of(args[0])).build();
          PaidCalls calls = PaidCalls.on(log, log.stream("s"))) {
        loop(calls, provider);
      }
    }
  }

  private static void loop(PaidCalls calls, Provider provider) {
    for (int i = 0; i < CALLS; i++) {
      byte[] request = ("request " + i).getBytes(StandardCharsets.UTF_8);
      assertThat(calls.submitOnce("k" + i, request, provider).result()).isEqualTo(request);
    }
  }

  private void die(ProviderKind kind, String point) {
    List<String> arguments = new ArrayList<>(ChildJvm.FLAGS);
    arguments.add("-D" + FaultPoint.PROPERTY + "=" + point);
    try (ChildJvm child = ChildJvm.start(Calling.class, arguments, store(), bill(), kind.name())) {
      assertThat(child.exitCode()).as(child.errors()).isEqualTo(FaultPoint.HALT_STATUS);
    }
  }

  private Path store() {
    return directory.resolve("store");
  }

  private Path bill() {
    return directory.resolve("bill");
  }

  @Test
  void everyPointOfACallIsHere() {
    assertThat(FaultPoint.names().stream().filter(name -> name.startsWith("call.")))
        .containsExactlyInAnyOrder("call.intended", "call.answered", "call.completed");
  }

  @ParameterizedTest
  @CsvSource({
    "IDEMPOTENT,call.intended:2",
    "IDEMPOTENT,call.answered:3",
    "IDEMPOTENT,call.completed:4",
    "LOOKUP,call.intended:1",
    "LOOKUP,call.answered:5",
    "LOOKUP,call.completed:2",
    "LOOKUP,journal.frame.afterWrite:8"
  })
  void afterADeathEveryCallIsOnTheBillOnce(ProviderKind kind, String point) throws IOException {
    die(kind, point);
    FileProvider provider = new FileProvider(bill());

    try (EventLog log = LogFixture.builder(store()).build();
        PaidCalls calls = PaidCalls.on(log, log.stream("s"))) {
      loop(calls, provider.of(kind));
      assertThat(calls.spent()).isEqualTo(CALLS);
      assertThat(calls.history().calls()).hasSize(CALLS);
    }
    assertThat(provider.tokens()).hasSize(CALLS).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({"call.intended:2,1", "call.answered:3,1", "call.completed:4,0"})
  void aPlainProviderIsNeverAskedTwiceInSilence(String point, int unknown) throws IOException {
    die(ProviderKind.PLAIN, point);
    FileProvider provider = new FileProvider(bill());
    int met = 0;

    try (EventLog log = LogFixture.builder(store()).build();
        PaidCalls calls = PaidCalls.on(log, log.stream("s"))) {
      boolean over = false;
      while (!over) {
        try {
          loop(calls, provider.of(ProviderKind.PLAIN));
          over = true;
        } catch (OutcomeUnknownException e) {
          met++;
          CallRecord call = e.call();
          if (provider.tokens().contains(call.token())) {
            byte[] result = call.key().replace("k", "request ").getBytes(StandardCharsets.UTF_8);
            calls.settleWithResult(call.key(), call.token(), 1, result);
          } else {
            calls.settle(call.key(), false, 0, "not on the bill");
          }
        }
      }
      assertThat(calls.spent()).isEqualTo(CALLS);
    }
    assertThat(met).isEqualTo(unknown);
    assertThat(provider.tokens()).hasSize(CALLS).doesNotHaveDuplicates();
  }
}
