// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.jmh;

import dev.ringfold.internal.keys.KeyDecision;
import dev.ringfold.internal.keys.KeyWindow;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The window of idempotency keys, full: 1,048,576 keys, every new one evicts the oldest. */
@State(Scope.Thread)
public class KeyParts {
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  /** Leaves 19 bits: a key among the newer half. */
  private static final int OLDER_SHIFT = Long.SIZE - 19;

  private KeyWindow window = new KeyWindow(1);
  private long next;
  private long looked;

  /** Made by JMH. */
  public KeyParts() {}

  /** Fills the window. */
  @Setup(Level.Trial)
  public void fill() {
    window = new KeyWindow();
    for (next = 0; next < KeyWindow.DEFAULT_CAPACITY; next++) {
      add(next);
    }
  }

  /** A key that was never seen: decide and remember it. */
  @Benchmark
  public KeyDecision newKey() {
    long key = next++;
    KeyDecision decision = window.decide(hi(key), lo(key), key, -1, key);
    add(key);
    return decision;
  }

  /** A key that is repeated: decide and find its first event. */
  @Benchmark
  public KeyDecision repeatedKey() {
    long key = next - 1 - ((++looked * GOLDEN) >>> OLDER_SHIFT);
    return window.decide(hi(key), lo(key), key, -1, 0);
  }

  private void add(long key) {
    window.add(hi(key), lo(key), key, key, 1, key);
  }

  private static long hi(long key) {
    return (key ^ (key >>> 31)) * GOLDEN;
  }

  private static long lo(long key) {
    return Long.reverse(key * GOLDEN) ^ key;
  }
}
