// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.AbstractThrowableAssert;

/** What readers owe to hostile input: a typed refusal, soon. */
public final class Refusals {
  /** Time of the processor one refusal may take; the clock would count the neighbours' as well. */
  private static final long CPU_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long WALL_MILLIS = 20_000;

  private Refusals() {}

  /** Reads something. */
  public interface Reading {
    /** Reads. */
    Object read() throws Exception;
  }

  /** Asserts that the reading ends soon with a {@link FormatException}. */
  public static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Reading reading) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    inTime(() -> thrown.set(catchThrowable(reading::read)));
    return assertThat(thrown.get()).isInstanceOf(FormatException.class);
  }

  /**
   * Reads in time.
   *
   * @return what was read, or null when it was refused
   */
  public static Object readOrRefused(String what, Reading reading) {
    AtomicReference<Object> read = new AtomicReference<>();
    inTime(
        () -> {
          try {
            read.set(reading.read());
          } catch (FormatException refused) {
            assertThat(refused.getMessage()).as(what).isNotBlank();
          } catch (Exception | Error e) {
            throw new AssertionError(what + " ends with " + e, e);
          }
        });
    return read.get();
  }

  private static void inTime(Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long[] nanos = {0};
    Thread thread =
        new Thread(
            () -> {
              long start = threads.getCurrentThreadCpuTime();
              try {
                work.run();
              } catch (Throwable e) {
                failure.set(e);
              }
              nanos[0] = threads.getCurrentThreadCpuTime() - start;
            },
            "hostile-input");
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(WALL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    if (thread.isAlive()) {
      throw new AssertionError("did not end within " + WALL_MILLIS + " ms");
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get().getMessage(), failure.get());
    }
    assertThat(nanos[0]).as("nanoseconds of the processor").isLessThan(CPU_NANOS);
  }

  static boolean same(Object one, Object other) {
    return one instanceof Tensor tensor
        && other instanceof Tensor second
        && tensor.contentEquals(second);
  }
}
