// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.StreamKey;
import java.util.Objects;

/** Gives out what is recorded and asks nobody. Any thread. */
final class ReplayedCalls implements PaidCalls {
  private final EventLogReader reader;
  private final StreamKey stream;
  private final CallFold fold;
  private final RecordedResults results;

  private ReplayedCalls(EventLogReader reader, StreamKey stream, CallFold fold) {
    this.reader = reader;
    this.stream = stream;
    this.fold = fold;
    this.results = new RecordedResults(reader::tailer);
  }

  static ReplayedCalls open(EventLogReader reader, StreamKey stream, long sequence) {
    return new ReplayedCalls(reader, stream, CallFold.read(reader.tailer(), sequence, stream));
  }

  @Override
  public synchronized CallResult submitOnce(
      String key, byte[] request, double costLimit, Provider provider) {
    Objects.requireNonNull(provider, "provider");
    CallRecord call = fold.newest(stream, key);
    if (call == null) {
      throw new CallNotRecordedException(
          "Call '"
              + key
              + "' is not in stream '"
              + stream.name()
              + "' of "
              + reader.directory()
              + ": this run asks something that the recorded one did not. It was not made.");
    }
    RecordedResults.requireSameRequest(call, request);
    if (call.state() == CallState.UNKNOWN) {
      throw new OutcomeUnknownException(call, null);
    }
    if (call.state() == CallState.OPEN || call.state() == CallState.RELEASED) {
      throw new CallNotRecordedException(
          "Call '"
              + key
              + "' (sequence "
              + call.intent()
              + ") has no result in "
              + reader.directory()
              + ", it is "
              + call.state()
              + ". It was not made again.");
    }
    return results.of(call);
  }

  @Override
  public CallRecord settle(String key, boolean submitted, double cost, String note) {
    throw readOnly();
  }

  @Override
  public CallResult settleWithResult(String key, String jobId, double cost, byte[] result) {
    throw readOnly();
  }

  private static IllegalStateException readOnly() {
    return new IllegalStateException(
        "a replay writes nothing; settle the call with PaidCalls.on(log, stream)");
  }

  @Override
  public CallHistory history() {
    return new CallHistory(fold);
  }

  @Override
  public double spent() {
    return fold.spent();
  }

  @Override
  public synchronized void close() {
    results.close();
  }
}
