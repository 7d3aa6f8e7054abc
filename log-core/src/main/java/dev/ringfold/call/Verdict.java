// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import org.jspecify.annotations.Nullable;

/** How a conversation with a provider ended. */
sealed interface Verdict {
  /** With {@link CallAnswer.Done} or {@link CallAnswer.Refused}. */
  record Final(CallAnswer answer) implements Verdict {}

  /** Without an end: the call can be taken up again. */
  record Open(String reason, @Nullable Throwable cause) implements Verdict {}

  /** Nobody knows. */
  record Unknown(String reason, @Nullable Throwable cause) implements Verdict {}

  /** By the provider's own word nothing was sent, and it would not be found out later. */
  record NotSent(String reason, @Nullable Throwable cause) implements Verdict {}
}
