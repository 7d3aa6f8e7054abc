// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a disk may hold of a file after a loss of power: of each page that was written since the
 * last force the old or the new content, or some sectors of both; and of the length the old or the
 * new one. Everything POSIX allows, chosen by a seed. One thread.
 */
final class PageMixer {
  /** One page in this many is torn. */
  private static final int TORN_ONE_IN = 8;

  private final SplittableRandom random;
  private final int newShare;

  /** A mixer; some seeds keep nearly all new pages, others nearly none. */
  PageMixer(SplittableRandom random) {
    this.random = random;
    this.newShare = random.nextInt(101);
  }

  /** A mix of a file as it was forced last and as it was when the power went. */
  FileImage mix(FileImage forced, FileImage latest) {
    long length = random.nextBoolean() ? forced.length() : latest.length();
    int used = Math.max(forced.bytes().length, latest.bytes().length);
    int pages = (used + FileImage.PAGE - 1) / FileImage.PAGE;
    byte[] bytes = new byte[pages * FileImage.PAGE];
    for (int at = 0; at < bytes.length; at += FileImage.PAGE) {
      mixPage(forced, latest, at, bytes);
    }
    return new FileImage(
        length < bytes.length ? Arrays.copyOf(bytes, (int) length) : bytes, length);
  }

  private void mixPage(FileImage forced, FileImage latest, int at, byte[] bytes) {
    boolean newer = random.nextInt(100) < newShare;
    FileImage first = newer ? latest : forced;
    first.copy(at, bytes, FileImage.PAGE);
    if (random.nextInt(TORN_ONE_IN) != 0) {
      return;
    }
    FileImage second = newer ? forced : latest;
    for (int sector = 0; sector < FileImage.PAGE; sector += FileImage.SECTOR) {
      if (random.nextBoolean()) {
        second.copy(at + sector, bytes, FileImage.SECTOR);
      }
    }
  }

  /** One of two, by the seed. */
  boolean flip() {
    return random.nextBoolean();
  }
}
