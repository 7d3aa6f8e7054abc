// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.time.Duration;

/**
 * A provider that takes the token of a call as its idempotency key: a repeat with the same token is
 * the same job and is billed once. {@link #submit} is called again after every failure and after a
 * crash, and while the job is {@link CallAnswer.Pending}.
 */
public non-sealed interface IdempotentProvider extends Provider {
  /**
   * How long after a call's intent a repeat with its token is still recognised. An open call that
   * is older is not repeated: what became of it is unknown. Many providers forget after a day, so
   * that is the default.
   */
  default Duration memory() {
    return Duration.ofHours(24);
  }
}
