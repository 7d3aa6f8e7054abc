// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether somebody pressed Ctrl-C, or wants the process to end in another way. The JVM then waits
 * until the work is {@linkplain #close closed}, at most {@value #PATIENCE_SECONDS} seconds, and
 * ends with the signal's exit code: 130 for Ctrl-C. Any thread.
 */
final class Interruption implements BooleanSupplier, AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final Logger LOG = LoggerFactory.getLogger(Interruption.class);

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "ringfold-interruption");
  private volatile boolean asked;

  /** Listens from now on. */
  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    asked = true;
    try {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("The work did not stop in {} s, the process ends without it", PATIENCE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean getAsBoolean() {
    return asked;
  }

  /** The work is over, its result is printed. */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      LOG.debug("The process ends already", ending);
    }
  }
}
