// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

/** Receives idempotency keys one by one, without an object for each. */
@FunctionalInterface
public interface KeyVisitor {
  /**
   * One key.
   *
   * @param hi upper half of the key's hash
   * @param lo lower half of the key's hash
   * @param payloadHash hash of what was stored under the key
   * @param sequence first sequence stored under the key
   * @param count events stored under the key
   * @param logTime log time of those events, nanoseconds since 1970
   */
  void key(long hi, long lo, long payloadHash, long sequence, int count, long logTime);
}
