// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/** Waiting in a program that nobody interrupts: an interrupt ends the benchmark. */
final class Waiting {
  private Waiting() {}

  /** Waits for the end of {@code thread}. */
  static void join(Thread thread) {
    join(thread, 0);
  }

  /** Waits for the end of {@code thread}, at most so long; 0 is for ever. */
  static void join(Thread thread, long millis) {
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Lets another thread have this core: there are fewer cores than threads that spin. */
  @SuppressWarnings("ThreadPriorityCheck")
  static void yieldCore() {
    Thread.yield();
  }

  /** The benchmark was interrupted. */
  static IllegalStateException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("the benchmark was interrupted", cause);
  }
}
