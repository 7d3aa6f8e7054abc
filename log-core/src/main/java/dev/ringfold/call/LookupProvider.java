// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.io.IOException;
import java.time.Duration;

/**
 * A provider that makes every call it gets, but can find one by the token that was sent with it.
 * After every failure and after a crash the call is looked up, and made again only when the
 * provider does not know it.
 */
public non-sealed interface LookupProvider extends Provider {
  /**
   * Looks a call up by its token.
   *
   * @return what became of it, {@link CallAnswer.Pending} while it is not ready, or {@link
   *     CallAnswer.Absent} when no call came with this token
   * @throws IOException when the answer did not arrive
   */
  CallAnswer find(CallRequest call) throws IOException, InterruptedException;

  /**
   * How long a call may be under way: {@link CallAnswer.Absent} is only believed this long after
   * the call was sent, or after the log was opened again. Too short, and a call that was slow is
   * made a second time.
   */
  default Duration visibleWithin() {
    return Duration.ofSeconds(10);
  }

  /**
   * How long after a call's intent it can be found. Later {@link CallAnswer.Absent} proves nothing:
   * what became of the call is unknown.
   */
  default Duration memory() {
    return Duration.ofDays(7);
  }
}
