// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The data set: {@value #ROWS} images of handwritten digits, 8 × 8 pixels and a label each.
 * Immutable; any thread.
 */
public final class Digits {
  /** Images in the data set. */
  public static final int ROWS = 1_797;

  /** Pixels of an image. */
  public static final int PIXELS = 64;

  /** Different labels. */
  public static final int LABELS = 10;

  private static final String RESOURCE = "/dev/ringfold/examples/digits.csv.gz";
  private static final int MAX_PIXEL = 16;

  private final double[] pixels = new double[ROWS * PIXELS];
  private final int[] labels = new int[ROWS];

  private Digits() {}

  /** Reads the data set out of the examples' own resources and checks its shape. */
  public static Digits load() {
    Digits digits = new Digits();
    try (InputStream in = Digits.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            RESOURCE + " is not on the class path; build the jar again");
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(in), StandardCharsets.US_ASCII));
      for (int row = 0; row < ROWS; row++) {
        digits.parse(row, lines.readLine());
      }
      if (lines.readLine() != null) {
        throw new IllegalStateException(RESOURCE + " has more than " + ROWS + " lines");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
    return digits;
  }

  private void parse(int row, @Nullable String line) {
    String[] parts = line == null ? new String[0] : line.split(",", -1);
    if (parts.length != PIXELS + 1) {
      throw new IllegalStateException(
          RESOURCE + ": line " + (row + 1) + " must have 65 values but has " + parts.length);
    }
    for (int column = 0; column <= PIXELS; column++) {
      int value = Integer.parseInt(parts[column]);
      if (value < 0 || value > (column == PIXELS ? LABELS - 1 : MAX_PIXEL)) {
        throw new IllegalStateException(
            RESOURCE + ": line " + (row + 1) + ", value " + (column + 1) + " is " + value);
      }
      if (column == PIXELS) {
        labels[row] = value;
      } else {
        pixels[row * PIXELS + column] = value / (double) MAX_PIXEL;
      }
    }
  }

  /** What the image shows, 0 to 9. */
  public int label(int row) {
    return labels[row];
  }

  /** Darkness of a pixel, 0 to 1 in steps of a sixteenth; pixels are counted row by row. */
  public double pixel(int row, int pixel) {
    return pixels[row * PIXELS + pixel];
  }

  /** Copies an image's {@value #PIXELS} pixels to the front of an array. */
  void copy(int row, double[] target) {
    System.arraycopy(pixels, row * PIXELS, target, 0, PIXELS);
  }
}
