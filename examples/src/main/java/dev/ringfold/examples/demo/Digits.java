// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * The data set: {@link #ROWS} images of handwritten digits, 8 × 8 pixels and a label each.
 * Immutable; any thread.
 */
final class Digits {
  /** Images in the data set. */
  static final int ROWS = 1_797;

  /** Pixels of an image. */
  static final int PIXELS = 64;

  /** Different labels. */
  static final int LABELS = 10;

  private static final String RESOURCE = "/dev/ringfold/examples/digits.csv.gz";
  private static final int MAX_PIXEL = 16;

  private final byte[] cells = new byte[ROWS * (PIXELS + 1)];

  private Digits() {}

  /** Reads the data set out of the examples' own resources and checks its shape. */
  static Digits load() {
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

  private void parse(int row, @org.jspecify.annotations.Nullable String line) {
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
      cells[row * (PIXELS + 1) + column] = (byte) value;
    }
  }

  /** A value of a row: 64 pixels, then the label. */
  int cell(int row, int column) {
    return cells[row * (PIXELS + 1) + column];
  }

  /** What the image shows. */
  int label(int row) {
    return cell(row, PIXELS);
  }
}
