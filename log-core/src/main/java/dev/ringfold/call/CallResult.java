// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.nio.charset.StandardCharsets;

/**
 * How a paid call ended. Immutable, but its bytes are not copied.
 *
 * <p>{@link #result()} of a call that has none throws: a refusal is never taken for a result.
 */
public final class CallResult {
  private final CallRecord call;
  private final byte[] bytes;
  private final boolean recorded;

  CallResult(CallRecord call, byte[] bytes, boolean recorded) {
    this.call = call;
    this.bytes = bytes;
    this.recorded = recorded;
  }

  /** The caller's name for the call. */
  public String key() {
    return call.key();
  }

  /** Whether there is a result. */
  public boolean good() {
    return call.state() == CallState.COMPLETED;
  }

  /**
   * The result, as the provider gave it.
   *
   * @throws CallRefusedException when there is none
   */
  public byte[] result() {
    if (!good()) {
      throw new CallRefusedException(call);
    }
    return bytes;
  }

  /** The result as UTF-8 text; as {@link #result()}. */
  public String text() {
    return new String(result(), StandardCharsets.UTF_8);
  }

  /** Why there is no result, or empty. */
  public String reason() {
    return call.note();
  }

  /** What it cost. */
  public double cost() {
    return call.cost();
  }

  /** The provider's name for it, or empty. */
  public String jobId() {
    return call.jobId();
  }

  /** Whether the answer was in the log already and the provider was not asked. */
  public boolean recorded() {
    return recorded;
  }

  /** The call as the log tells it. */
  public CallRecord call() {
    return call;
  }

  @Override
  public String toString() {
    return "CallResult[" + call.key() + " " + call.state() + ", cost " + call.cost() + "]";
  }
}
