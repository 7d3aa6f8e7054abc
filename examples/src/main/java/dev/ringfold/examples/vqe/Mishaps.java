// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;

/** Decides what goes wrong next: what was ordered, and else what a seed says. Any thread. */
final class Mishaps {
  private static final Mishap[] BY_CHANCE = {
    Mishap.BUSY, Mishap.LOSE_REQUEST, Mishap.LOSE_REPLY, Mishap.SLOW, Mishap.LATE
  };
  private static final int ALL_PERCENT = 100;

  /** One mishap after some submissions without one. */
  private record Order(Mishap mishap, int skip) {}

  private final SplittableRandom random;
  private final int percent;
  private final Queue<Order> orders = new ArrayDeque<>();
  private int skipped;

  /**
   * @param percent of the submissions that something harmless happens to
   */
  Mishaps(long seed, int percent) {
    this.random = new SplittableRandom(seed);
    this.percent = percent;
  }

  synchronized void order(Mishap mishap, int skip) {
    orders.add(new Order(mishap, skip));
  }

  synchronized Mishap next() {
    Order order = orders.peek();
    if (order != null) {
      if (skipped++ < order.skip()) {
        return Mishap.NONE;
      }
      orders.remove();
      skipped = 0;
      return order.mishap();
    }
    return random.nextInt(ALL_PERCENT) < percent
        ? BY_CHANCE[random.nextInt(BY_CHANCE.length)]
        : Mishap.NONE;
  }
}
