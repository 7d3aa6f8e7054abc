// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One conversation with a provider about one call: submits, looks up, repeats and waits, each only
 * where the provider's kind makes it safe. Knows nothing of the log. Used once, by one thread.
 */
final class CallDialogue {
  private static final int MAX_REASON_LENGTH = 500;
  private static final String CLOSED = "The paid calls, or their log, were closed meanwhile.";

  @FunctionalInterface
  private interface Question {
    CallAnswer ask() throws NotSubmittedException, IOException, InterruptedException;
  }

  private final CallLimits limits;
  private final CallClock clock;
  private final CallGate gate;
  private final CallRequest request;
  private final long ageNanos;
  private final long start;

  private boolean nothingSent;
  private long pauseNanos;
  private int failures;
  private @Nullable Exception failure;

  /**
   * @param fresh whether nothing can have been sent with this token
   * @param ageNanos time since the intent
   */
  CallDialogue(
      CallLimits limits,
      CallClock clock,
      CallGate gate,
      CallRequest request,
      boolean fresh,
      long ageNanos) {
    this.limits = limits;
    this.clock = clock;
    this.gate = gate;
    this.request = request;
    this.nothingSent = fresh;
    this.ageNanos = ageNanos;
    this.start = clock.nanos();
    this.pauseNanos = limits.firstPause().toNanos();
  }

  /** Talks until there is nothing more to say; an interrupt stays set. */
  Verdict with(Provider provider) {
    if (provider instanceof IdempotentProvider idempotent) {
      return withIdempotent(idempotent);
    }
    if (provider instanceof LookupProvider lookup) {
      return withLookup(lookup);
    }
    return withPlain((PlainProvider) provider);
  }

  private Verdict withIdempotent(IdempotentProvider provider) {
    Verdict verdict = null;
    while (verdict == null) {
      if (!gate.isOpen()) {
        return new Verdict.Open(CLOSED, failure);
      }
      if (!nothingSent && isOlderThan(provider.memory())) {
        return forgotten("recognises a token", provider.memory());
      }
      CallAnswer answer = ask(() -> provider.submit(request));
      nothingSent &= failure instanceof NotSubmittedException;
      verdict = judge(answer);
    }
    return verdict;
  }

  private Verdict withLookup(LookupProvider provider) {
    // Of what an earlier process sent, or this one before, only this is known: not after now.
    long sentAt = clock.nanos();
    long visibleNanos = provider.visibleWithin().toNanos();
    Verdict verdict = null;
    while (verdict == null) {
      if (!gate.isOpen()) {
        return new Verdict.Open(CLOSED, failure);
      }
      CallAnswer answer;
      if (nothingSent) {
        answer = ask(() -> provider.submit(request));
        nothingSent = failure instanceof NotSubmittedException;
        sentAt = clock.nanos();
        verdict = judge(answer);
        continue;
      }
      answer = ask(() -> provider.find(request));
      if (!(answer instanceof CallAnswer.Absent)) {
        verdict = judge(answer);
      } else if (isOlderThan(provider.memory())) {
        return forgotten("finds a call", provider.memory());
      } else {
        long early = sentAt + visibleNanos - clock.nanos();
        nothingSent = early <= 0;
        verdict = nothingSent ? null : pause(early, "A call under way could still arrive.");
      }
    }
    return verdict;
  }

  private Verdict withPlain(PlainProvider provider) {
    while (true) {
      if (!gate.isOpen()) {
        return new Verdict.NotSent("It was not sent. " + CLOSED, failure);
      }
      CallAnswer answer = ask(() -> provider.submit(request));
      if (answer != null && isFinal(answer)) {
        return new Verdict.Final(answer);
      }
      Exception reason = failure;
      if (!(reason instanceof NotSubmittedException)) {
        return new Verdict.Unknown("The provider " + said(answer, reason) + ".", reason);
      }
      failures++;
      if (failures > limits.retries() || pause(pauseNanos, "") != null) {
        return new Verdict.NotSent("It was not sent: " + textOf(reason) + ".", reason);
      }
    }
  }

  private static boolean isFinal(CallAnswer answer) {
    return answer instanceof CallAnswer.Done || answer instanceof CallAnswer.Refused;
  }

  private boolean isOlderThan(Duration memory) {
    return ageNanos + (clock.nanos() - start) > memory.toNanos();
  }

  private static Verdict forgotten(String does, Duration memory) {
    return new Verdict.Unknown(
        "The intent is older than " + memory + ", for which the provider " + does + ".", null);
  }

  /** Asks and keeps what went wrong. */
  private @Nullable CallAnswer ask(Question question) {
    failure = null;
    try {
      return question.ask();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = e;
    } catch (NotSubmittedException | IOException | RuntimeException e) {
      failure = e;
    }
    return null;
  }

  /** The verdict, or null after a pause to go on. */
  private @Nullable Verdict judge(@Nullable CallAnswer answer) {
    if (answer != null && isFinal(answer)) {
      return new Verdict.Final(answer);
    }
    Exception reason = failure;
    String said = "The provider " + said(answer, reason) + ".";
    if (!(answer instanceof CallAnswer.Pending)) {
      failures++;
      if (failures > limits.retries() || reason instanceof InterruptedException) {
        return new Verdict.Open(said, reason);
      }
    }
    return pause(pauseNanos, said);
  }

  /** Null after the pause, or the verdict when it was cut short or there is no time for it. */
  private @Nullable Verdict pause(long nanos, String said) {
    long left = start + limits.patience().toNanos() - clock.nanos();
    if (left < nanos) {
      return new Verdict.Open(said + " The time for it is over.", failure);
    }
    try {
      if (!clock.pause(nanos, gate.whenShut())) {
        return new Verdict.Open(said + " " + CLOSED, failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Verdict.Open(said + " Waiting was interrupted.", e);
    }
    pauseNanos = Math.min(2 * pauseNanos, limits.longestPause().toNanos());
    return null;
  }

  private static String said(@Nullable CallAnswer answer, @Nullable Exception reason) {
    if (answer instanceof CallAnswer.Pending pending) {
      return "took it as job '" + pending.jobId() + "' and is not ready";
    }
    if (answer instanceof CallAnswer.Absent) {
      return "answered Absent to a submission, which only a look-up may";
    }
    return reason == null ? "gave no answer" : "failed: " + textOf(reason);
  }

  private static String textOf(Exception reason) {
    String text = reason.toString();
    return text.substring(0, Math.min(text.length(), MAX_REASON_LENGTH));
  }
}
