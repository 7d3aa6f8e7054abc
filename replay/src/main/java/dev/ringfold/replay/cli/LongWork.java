// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.replay.WorkProgress;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The option {@code --no-progress}, the bar, and what Ctrl-C does, of the commands that may work
 * for long. The bar is on a terminal's standard error only, and never with {@code --json}.
 */
final class LongWork {
  private static final long SHOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  @Option(names = "--no-progress", description = "Show no bar.")
  private boolean silent;

  /** What is done under the bar. */
  @FunctionalInterface
  interface Work {
    /** Does it; the exit code. */
    int run(Watch watch) throws Exception;
  }

  /**
   * Runs work; a {@link CancellationException} of it is the answer to Ctrl-C.
   *
   * @return its exit code, or {@link ExitCodes#INTERRUPTED}
   */
  int run(RingfoldCommand command, Output output, Work work) throws Exception {
    PrintWriter errors = command.commandLine().getErr();
    boolean hidden = silent || output.json();
    // Closed last: the process waits for it until everything else is, and is printed.
    try (Interruption interruption = new Interruption()) {
      Watch watch =
          new Watch(
              () -> new ProgressBar(errors, !hidden && ProgressBar.onTerminal()),
              interruption,
              SHOWN_NANOS);
      int exitCode = run(command, work, watch);
      output.flush();
      return exitCode;
    }
  }

  private static int run(RingfoldCommand command, Work work, Watch watch) throws Exception {
    try {
      return work.run(watch);
    } catch (CancellationException stopped) {
      watch.end();
      command.note("stopped: " + stopped.getMessage());
      return ExitCodes.INTERRUPTED;
    } finally {
      watch.end();
    }
  }

  /** The bar and the signal of one work. Any thread. */
  static final class Watch implements WorkProgress {
    private final Supplier<ProgressBar> made;
    private final BooleanSupplier stopping;
    private final long everyNanos;
    private @Nullable ProgressBar bar;
    private String shown = "";
    private long shownNanos = System.nanoTime();

    /**
     * @param bar is asked for when the work takes longer than {@code everyNanos}
     * @param everyNanos the bar is drawn at most this often
     */
    Watch(Supplier<ProgressBar> bar, BooleanSupplier stopping, long everyNanos) {
      this.made = bar;
      this.stopping = stopping;
      this.everyNanos = everyNanos;
    }

    /** Whether the work is to stop. */
    boolean stopping() {
      return stopping.getAsBoolean();
    }

    @Override
    public boolean reached(String step, long done, long all) {
      show(step, done, all);
      return !stopping();
    }

    private synchronized void show(String step, long done, long all) {
      long now = System.nanoTime();
      boolean late = now - shownNanos >= everyNanos;
      boolean whole = step.equals(shown) && done >= all;
      if (!late && !whole) {
        return;
      }
      ProgressBar target = bar;
      if (target == null) {
        target = made.get();
        bar = target;
      }
      shown = step;
      shownNanos = now;
      target.show(step, Math.min(done, all), all);
    }

    /** Wipes the bar, so that something can be printed; what comes then is shown again. */
    synchronized void end() {
      ProgressBar target = bar;
      if (target != null && !shown.isEmpty()) {
        target.end();
      }
      shown = "";
    }
  }
}
