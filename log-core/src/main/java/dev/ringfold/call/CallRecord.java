// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.event.StreamKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a paid call, as the log tells it. A value.
 *
 * @param stream the stream it belongs to
 * @param key the caller's name for it, unique in the stream
 * @param attempt from 1
 * @param provider the provider's name
 * @param kind the provider's kind
 * @param token what was sent along
 * @param costLimit most it may cost, NaN when that is not known
 * @param requestBytes length of the request
 * @param requestSha256 64 hexadecimal digits
 * @param intent sequence of its {@code CallIntended}
 * @param intendedAt log time of it
 * @param state how far it has come
 * @param end sequence of the event that gave it this state, -1 while it is open
 * @param endedAt log time of it, or null
 * @param cost what it cost, 0 while that is not known
 * @param jobId the provider's name for it, or empty
 * @param resultBytes length of the result, 0 without one
 * @param note why, when there is something to say, or empty
 */
public record CallRecord(
    StreamKey stream,
    String key,
    int attempt,
    String provider,
    ProviderKind kind,
    String token,
    double costLimit,
    int requestBytes,
    String requestSha256,
    long intent,
    Instant intendedAt,
    CallState state,
    long end,
    @Nullable Instant endedAt,
    double cost,
    String jobId,
    int resultBytes,
    String note) {

  /** What is set aside for it: its limit while it is open, nothing when that is not known. */
  public double reserved() {
    return state.isUnsettled() && !Double.isNaN(costLimit) ? costLimit : 0;
  }

  /** The same call in another state. */
  CallRecord ended(
      CallState newState, Place place, double newCost, String newJobId, int bytes, String newNote) {
    return new CallRecord(
        stream,
        key,
        attempt,
        provider,
        kind,
        token,
        costLimit,
        requestBytes,
        requestSha256,
        intent,
        intendedAt,
        newState,
        place.sequence(),
        place.logTime(),
        newCost,
        newJobId,
        bytes,
        newNote);
  }

  /** Where an event lies. */
  record Place(long sequence, Instant logTime) {}
}
