// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Stream;
import dev.ringfold.event.StreamKey;

/**
 * Calls that cost money, made once, whatever crashes in between.
 *
 * <pre>{@code
 * try (PaidCalls calls = PaidCalls.on(log, log.stream("vqe-7"))) {
 *   CallResult energy = calls.submitOnce("step-12", circuit, quantumComputer);
 * }
 * }</pre>
 *
 * <p>The intent is on the disk before the provider hears of the call, with a token that is sent
 * along; the result is on the disk before {@code submitOnce} returns. A key whose call has ended
 * gets the recorded result and the provider is not asked. A call that a crash cut off is taken up
 * by the next {@code submitOnce} with its key: an {@link IdempotentProvider} gets it again with the
 * same token, a {@link LookupProvider} is asked for it first, and with a {@link PlainProvider} an
 * {@link OutcomeUnknownException} stops the loop until a person has {@linkplain #settle settled}
 * it.
 *
 * <p><b>Threads.</b> Any thread; calls with different keys may be under way at the same time. One
 * log has one {@code PaidCalls} of a stream at a time.
 *
 * <p><b>Retention</b> would make the log forget what was paid for, so the first call puts a hold
 * named {@link #holdName} on its sequence. Remove it when the stream's calls are over: once events
 * of the stream were deleted, no new call is made in it.
 *
 * <p><b>Forks.</b> Settle open calls first: a call that is open in a log and in its fork may be
 * taken up by both.
 */
public sealed interface PaidCalls extends AutoCloseable permits LivePaidCalls, ReplayedCalls {
  /** Longest key in bytes of UTF-8. */
  int MAX_KEY_LENGTH = 512;

  /** Calls in this stream, without a budget and with the usual limits. */
  static PaidCalls on(EventLog log, Stream stream) {
    return on(log, stream, CallBudget.UNLIMITED, CallLimits.DEFAULTS);
  }

  /**
   * Calls in this stream. Folds what the log tells about it.
   *
   * @throws dev.ringfold.RingfoldException when calls of this stream are made already
   */
  static PaidCalls on(EventLog log, Stream stream, CallBudget budget, CallLimits limits) {
    return LivePaidCalls.open(log, stream, budget, limits, CallClock.SYSTEM);
  }

  /**
   * The recorded calls of a stream: for a run that is repeated. No provider is ever asked, nothing
   * is written; a call that has no recorded result throws {@link CallNotRecordedException}.
   */
  static PaidCalls replaying(EventLogReader reader, String stream) {
    return replaying(reader, StreamKey.of(stream), Long.MAX_VALUE);
  }

  /** The recorded calls of a stream as they were at a sequence; as the shorter form. */
  static PaidCalls replaying(EventLogReader reader, StreamKey stream, long sequence) {
    return ReplayedCalls.open(reader, stream, sequence);
  }

  /** The hold that keeps the calls of a stream from retention. */
  static String holdName(Stream stream) {
    return "paid-calls-" + stream.id();
  }

  /** Makes a call of unknown cost; as the longer form. */
  default CallResult submitOnce(String key, byte[] request, Provider provider) {
    return submitOnce(key, request, Double.NaN, provider);
  }

  /**
   * Makes a call, or gives the result it had.
   *
   * @param key the caller's name for the call, the same one in every run: 1 to {@link
   *     #MAX_KEY_LENGTH} bytes of UTF-8
   * @param request what is asked; the same key must come with the same bytes
   * @param costLimit most the call may cost, NaN when that is not known
   * @param provider never asked when the call has ended before
   * @return the result, or a refusal: see {@link CallResult#good()}
   * @throws BudgetExceededException before anything is stored or sent
   * @throws CallConflictException when the key stands for another request, or the open call was
   *     begun with another provider
   * @throws CallOpenException when the provider could not be reached or is not ready; asking again
   *     is safe
   * @throws OutcomeUnknownException when nobody knows what became of this call, or of another one
   *     of this stream
   * @throws dev.ringfold.EventTooLargeException when the request is longer than the limit
   * @throws dev.ringfold.RingfoldException when the log does not take the intent, so that nothing
   *     was sent, or the result, which is then kept and stored when the key comes again
   */
  CallResult submitOnce(String key, byte[] request, double costLimit, Provider provider);

  /**
   * A person says what became of a call that is open.
   *
   * @param submitted whether the provider took it: if so it is over, without a result; if not it
   *     may be made again, under another token
   * @param cost what it cost
   * @param note who found out and how
   * @return the call as it is now
   * @throws CallConflictException when the call is not open
   */
  CallRecord settle(String key, boolean submitted, double cost, String note);

  /**
   * A person brings the result of a call that is open, fetched from the provider by hand.
   *
   * @throws CallConflictException when the call is not open
   */
  CallResult settleWithResult(String key, String jobId, double cost, byte[] result);

  /** The calls of this stream at this moment. */
  CallHistory history();

  /** What the calls of this stream cost so far, in all sessions. */
  double spent();

  /**
   * Ends the use of this stream. Nothing is sent any more: a call that waits to ask again ends at
   * once as {@link CallOpenException}. One that is at its provider is waited for, up to {@link
   * CallLimits#ackTimeout()}, so that its answer is stored. Close before the log: then nobody can
   * take up a call that is still being made.
   *
   * @throws dev.ringfold.RingTimeoutException when a provider took longer, or the thread was
   *     interrupted; the stream is given free when its call has ended, and it may be closed again
   */
  @Override
  void close();
}
