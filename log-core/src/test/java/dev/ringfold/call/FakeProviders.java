// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A provider's job table and bill, with what may go wrong on the way there and back. */
final class FakeProviders {
  static final double PRICE = 2.5;

  /** What happens to the next submission. */
  enum Mishap {
    NONE,
    NOT_SENT,
    REQUEST_LOST,
    REPLY_LOST,
    CRASH_BEFORE,
    CRASH_AFTER,
    PENDING,
    REFUSED
  }

  /** Stands for the death of the process: nothing is written after it. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  final ArrayDeque<Mishap> mishaps = new ArrayDeque<>();
  final ArrayDeque<Mishap> findMishaps = new ArrayDeque<>();
  final Map<String, CallAnswer> jobs = new HashMap<>();
  final List<String> tokens = new ArrayList<>();
  final List<String> finds = new ArrayList<>();
  Duration memory = Duration.ofDays(1);
  Duration visibleWithin = Duration.ZERO;
  int billed;
  Runnable beforeSubmit = () -> {};

  synchronized CallAnswer submit(CallRequest call, boolean recognises)
      throws NotSubmittedException, IOException {
    beforeSubmit.run();
    tokens.add(call.token());
    Mishap mishap = mishaps.isEmpty() ? Mishap.NONE : mishaps.poll();
    switch (mishap) {
      case NOT_SENT -> throw new NotSubmittedException("connection refused", null);
      case REQUEST_LOST -> throw new IOException("request lost");
      case CRASH_BEFORE -> throw new Crash();
      case REFUSED -> {
        return new CallAnswer.Refused("", 0, "no such backend");
      }
      default -> {
        // Accepted, whatever becomes of the answer.
      }
    }
    CallAnswer known = jobs.get(call.token());
    CallAnswer answer = recognises && known != null ? known : accept(call);
    return switch (mishap) {
      case REPLY_LOST -> throw new IOException("reply lost");
      case CRASH_AFTER -> throw new Crash();
      case PENDING -> new CallAnswer.Pending("job-" + billed);
      default -> answer;
    };
  }

  CallAnswer accept(CallRequest call) {
    billed++;
    String result = "result of " + new String(call.body(), StandardCharsets.UTF_8);
    CallAnswer done =
        new CallAnswer.Done("job-" + billed, PRICE, result.getBytes(StandardCharsets.UTF_8));
    jobs.put(call.token(), done);
    return done;
  }

  synchronized CallAnswer find(CallRequest call) throws IOException {
    finds.add(call.token());
    Mishap mishap = findMishaps.isEmpty() ? Mishap.NONE : findMishaps.poll();
    if (mishap == Mishap.REPLY_LOST) {
      throw new IOException("answer lost");
    }
    if (mishap == Mishap.PENDING) {
      return new CallAnswer.Pending("job-" + billed);
    }
    CallAnswer known = jobs.get(call.token());
    return known == null ? new CallAnswer.Absent() : known;
  }

  Provider of(ProviderKind kind) {
    return switch (kind) {
      case IDEMPOTENT -> new Idempotent();
      case LOOKUP -> new Lookup();
      case PLAIN -> new Plain();
    };
  }

  final class Idempotent implements IdempotentProvider {
    @Override
    public String name() {
      return "fake";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws NotSubmittedException, IOException {
      return FakeProviders.this.submit(call, true);
    }

    @Override
    public Duration memory() {
      return memory;
    }
  }

  final class Lookup implements LookupProvider {
    @Override
    public String name() {
      return "fake";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws NotSubmittedException, IOException {
      return FakeProviders.this.submit(call, false);
    }

    @Override
    public CallAnswer find(CallRequest call) throws IOException {
      return FakeProviders.this.find(call);
    }

    @Override
    public Duration visibleWithin() {
      return visibleWithin;
    }

    @Override
    public Duration memory() {
      return memory;
    }
  }

  final class Plain implements PlainProvider {
    @Override
    public String name() {
      return "fake";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws NotSubmittedException, IOException {
      return FakeProviders.this.submit(call, false);
    }
  }
}
