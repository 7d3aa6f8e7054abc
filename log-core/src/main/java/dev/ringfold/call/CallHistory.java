// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.StreamKey;
import java.util.List;
import java.util.Optional;

/**
 * The paid calls of a log and how far each has come: a list made at one moment, that changes
 * nothing and asks nobody. Immutable.
 */
public final class CallHistory {
  private final List<CallRecord> calls;
  private final double spent;
  private final double reserved;

  CallHistory(CallFold fold) {
    calls = List.copyOf(fold.calls());
    spent = fold.spent();
    reserved = fold.reserved();
  }

  /** The calls of all streams, also while another process writes the log. */
  public static CallHistory read(EventLogReader reader) {
    return read(reader, Long.MAX_VALUE);
  }

  /** The calls of all streams as they were at a sequence. */
  public static CallHistory read(EventLogReader reader, long sequence) {
    return new CallHistory(CallFold.read(reader.tailer(), sequence, null));
  }

  /** The calls of all streams of an open log. */
  public static CallHistory read(EventLog log) {
    return new CallHistory(CallFold.read(log.tailer(), log.lastSequence(), null));
  }

  /** All attempts, by the sequence of their intents. */
  public List<CallRecord> calls() {
    return calls;
  }

  /** Those that are open, or whose outcome is unknown. */
  public List<CallRecord> unsettled() {
    return calls.stream().filter(call -> call.state().isUnsettled()).toList();
  }

  /** The newest attempt at a call. */
  public Optional<CallRecord> newest(StreamKey stream, String key) {
    return calls.stream()
        .filter(call -> call.stream().equals(stream) && call.key().equals(key))
        .reduce((older, newer) -> newer);
  }

  /** What the calls cost. */
  public double spent() {
    return spent;
  }

  /** What is set aside for calls whose cost is not known yet. */
  public double reserved() {
    return reserved;
  }
}
