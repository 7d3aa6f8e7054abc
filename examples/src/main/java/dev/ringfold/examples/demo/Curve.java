// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A curve of the attempts of one run, drawn with braille characters: two by four dots each, the y
 * axis logarithmic, the mean where several values share a column. Below the curve one line for each
 * attempt shows which steps it covers. Used by one thread.
 */
final class Curve {
  private static final int COLUMNS = 64;
  private static final int ROWS = 9;
  private static final int DOTS_ACROSS = 2;
  private static final int DOTS_DOWN = 4;
  private static final int MARGIN = 9;
  private static final char EMPTY_BRAILLE = '\u2800';
  private static final int[][] BITS = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  private static final String[] COLOURS = {"\u001b[36m", "\u001b[33m"};
  private static final String PLAIN = "\u001b[0m";

  /**
   * One attempt.
   *
   * @param end what is said at the end of its line, as {@code SIGKILL}
   */
  record Attempt(int number, int[] steps, double[] values, String end) {}

  private final String title;
  private final List<Attempt> attempts;
  private final boolean colours;
  private final int[][] dots = new int[ROWS][COLUMNS];
  private final int[][] owner = new int[ROWS][COLUMNS];
  private int lastStep;
  private double low = Double.MAX_VALUE;
  private double high;

  private Curve(String title, List<Attempt> attempts, boolean colours) {
    this.title = title;
    this.attempts = attempts;
    this.colours = colours;
  }

  /** Draws; all values must be above 0, and there must be at least one. */
  static List<String> draw(String title, List<Attempt> attempts, boolean colours) {
    Curve curve = new Curve(title, attempts, colours);
    curve.measure();
    attempts.forEach(curve::plot);
    return curve.lines();
  }

  private void measure() {
    for (Attempt attempt : attempts) {
      lastStep = Math.max(lastStep, Arrays.stream(attempt.steps).max().orElse(0));
    }
    for (Attempt attempt : attempts) {
      for (double mean : means(attempt, lastStep + 1)) {
        if (mean > 0) {
          low = Math.min(low, mean);
          high = Math.max(high, mean);
        }
      }
    }
  }

  /** Mean value by column of dots, 0 where there is none. */
  private static double[] means(Attempt attempt, int steps) {
    double[] sums = new double[COLUMNS * DOTS_ACROSS];
    int[] counts = new int[sums.length];
    for (int i = 0; i < attempt.steps.length; i++) {
      int column = (int) ((long) attempt.steps[i] * sums.length / steps);
      sums[column] += attempt.values[i];
      counts[column]++;
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = counts[i] == 0 ? 0 : sums[i] / counts[i];
    }
    return sums;
  }

  private void plot(Attempt attempt) {
    double[] means = means(attempt, lastStep + 1);
    int before = -1;
    for (int x = 0; x < means.length; x++) {
      if (means[x] > 0) {
        int y = height(means[x]);
        int from = before < 0 ? y : Math.min(y, before + Integer.signum(y - before));
        int to = before < 0 ? y : Math.max(y, before + Integer.signum(y - before));
        for (int dot = from; dot <= to; dot++) {
          dots[dot / DOTS_DOWN][x / DOTS_ACROSS] |= BITS[dot % DOTS_DOWN][x % DOTS_ACROSS];
          owner[dot / DOTS_DOWN][x / DOTS_ACROSS] = attempt.number;
        }
        before = y;
      }
    }
  }

  /** Row of dots, from the top. */
  private int height(double value) {
    int most = ROWS * DOTS_DOWN - 1;
    double span = Math.log(high / low);
    return span <= 0 ? most : (int) Math.round(most * Math.log(high / value) / span);
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(title);
    for (int row = 0; row < ROWS; row++) {
      double value = high * Math.pow(low / high, row / (ROWS - 1.0));
      String label = row % 2 == 0 ? String.format(Locale.ROOT, "%.4f", value) : "";
      StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%8s ", label));
      line.append(row % 2 == 0 ? '┤' : '│');
      for (int column = 0; column < COLUMNS; column++) {
        int set = dots[row][column];
        String cell = set == 0 ? " " : String.valueOf((char) (EMPTY_BRAILLE + set));
        line.append(paint(cell, owner[row][column], set != 0));
      }
      lines.add(line.toString().stripTrailing());
    }
    lines.add(" ".repeat(MARGIN) + "└" + "─".repeat(COLUMNS));
    for (Attempt attempt : attempts) {
      lines.add(coverage(attempt));
    }
    return lines;
  }

  /** {@code ├── attempt 0: steps 0 to 812 ──✖ SIGKILL}. */
  private String coverage(Attempt attempt) {
    int first = Arrays.stream(attempt.steps).min().orElse(0);
    int last = Arrays.stream(attempt.steps).max().orElse(0);
    int from = (int) ((long) first * COLUMNS / (lastStep + 1));
    int to = (int) ((long) last * COLUMNS / (lastStep + 1));
    String text =
        String.format(Locale.ROOT, " attempt %d: steps %,d to %,d ", attempt.number, first, last);
    int room = to - from - 1;
    String bar =
        room >= text.length() + 2
            ? "─" + text + "─".repeat(room - text.length() - 1)
            : "─".repeat(Math.max(0, room));
    String after = (room >= text.length() + 2 ? "" : text) + " " + attempt.end;
    return " ".repeat(MARGIN + 1 + from)
        + paint("├" + bar + "┤", attempt.number, true)
        + after.stripTrailing();
  }

  private String paint(String text, int attempt, boolean inked) {
    return colours && inked ? COLOURS[attempt % COLOURS.length] + text + PLAIN : text;
  }
}
