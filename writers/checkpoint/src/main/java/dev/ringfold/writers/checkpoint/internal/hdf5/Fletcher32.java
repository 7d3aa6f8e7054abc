// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

/** The checksum of HDF5's filter 3: Fletcher's, over big-endian words of 16 bits. */
final class Fletcher32 {
  /** Words that can be added before a sum of them is over 32 bits. */
  private static final int WORDS = 360;

  private Fletcher32() {}

  static int of(byte[] bytes, int length) {
    int sum1 = 0;
    int sum2 = 0;
    int at = 0;
    int words = length / 2;
    while (words > 0) {
      int part = Math.min(words, WORDS);
      words -= part;
      for (int i = 0; i < part; i++, at += 2) {
        sum1 += (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
        sum2 += sum1;
      }
      sum1 = folded(sum1);
      sum2 = folded(sum2);
    }
    if (length % 2 == 1) {
      sum1 = folded(sum1 + ((bytes[at] & 0xff) << 8));
      sum2 = folded(sum2 + sum1);
    }
    return folded(sum2) << 16 | folded(sum1);
  }

  private static int folded(int sum) {
    return (sum & 0xffff) + (sum >>> 16);
  }
}
