// SPDX-License-Identifier: Apache-2.0
/**
 * Calls that cost money, made once: jobs on a quantum computer, requests to a language model. The
 * intent is on the disk before the provider hears of a call, the result before the caller does, and
 * after a crash a call is looked up instead of being paid again. Start with {@link
 * dev.ringfold.call.PaidCalls}.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.call;
