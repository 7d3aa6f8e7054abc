// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A bar on one line of a terminal; silent where there is none. Used by one thread. */
public final class ProgressBar {
  private static final int WIDTH = 40;
  private static final int LINE = 80;
  private static final long ASK_TIMEOUT_SECONDS = 5;

  private final PrintWriter target;
  private final boolean visible;
  private String shown = "";

  /**
   * Prepares.
   *
   * @param visible whether there is a terminal and nobody said no
   */
  public ProgressBar(PrintWriter target, boolean visible) {
    this.target = target;
    this.visible = visible;
  }

  /** Shows how far a step is. */
  public void show(String step, long done, long all) {
    int filled = (int) (WIDTH * Math.min(done, all) / Math.max(1, all));
    String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
    String line =
        String.format(Locale.ROOT, "%-12s [%s] %3d %%", step, bar, 100 * done / Math.max(1, all));
    if (visible && !line.equals(shown)) {
      shown = line;
      target.print("\r" + line);
      target.flush();
    }
  }

  /** Wipes the line. */
  public void end() {
    shown = "";
    if (visible) {
      target.print("\r" + " ".repeat(LINE) + "\r");
      target.flush();
    }
  }

  /** Whether standard error is a terminal; Java's own answer differs between its versions. */
  public static boolean onTerminal() {
    return isTerminal(2);
  }

  /** Whether standard output shows colours: it is a terminal and nobody said no. */
  public static boolean colours() {
    String refused = System.getenv("NO_COLOR");
    return (refused == null || refused.isEmpty()) && isTerminal(1);
  }

  private static boolean isTerminal(int descriptor) {
    try {
      Process test = new ProcessBuilder("sh", "-c", "test -t " + descriptor).inheritIO().start();
      return test.waitFor(ASK_TIMEOUT_SECONDS, TimeUnit.SECONDS) && test.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
