// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.io.IOException;

/**
 * Somebody who is paid for calls. Implement the one of the three kinds that is true: {@link
 * IdempotentProvider}, {@link LookupProvider} or {@link PlainProvider}. What is claimed here is
 * believed; a claim that is not kept is how a call gets paid twice.
 *
 * <p>Called in the thread that calls {@link PaidCalls#submitOnce}; when several threads do, by
 * several at once. An implementation should have a time limit of its own.
 */
public sealed interface Provider permits IdempotentProvider, LookupProvider, PlainProvider {
  /** Longest name of a provider in characters. */
  int MAX_NAME_LENGTH = 200;

  /** The provider's name, always the same one: it is stored, and an open call is bound to it. */
  String name();

  /**
   * Makes the call.
   *
   * <p>Every exception but {@link NotSubmittedException} means that nobody knows whether the call
   * arrived.
   *
   * @return {@link CallAnswer.Done}, {@link CallAnswer.Refused}, or {@link CallAnswer.Pending} when
   *     the provider has taken it and is not ready
   * @throws NotSubmittedException when it is certain that the provider has not taken the call and
   *     will not take it any more
   * @throws IOException when the answer did not arrive
   */
  CallAnswer submit(CallRequest call)
      throws NotSubmittedException, IOException, InterruptedException;
}
