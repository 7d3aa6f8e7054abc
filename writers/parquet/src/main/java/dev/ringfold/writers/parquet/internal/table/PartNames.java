// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Names of parts and of partitions' directories.
 *
 * <p>A part is {@code part-<first>.parquet}: the sequence of the event that brought its first row,
 * with 20 digits, so that its name is known before its end is. A part that a compaction wrote is
 * {@code part-<first>-<order>.parquet} with the sequence of the order to compact: no other part
 * ever has its name, so a reader that listed before the switch cannot read the new one for the old.
 */
final class PartNames {
  /** Most bytes of an escaped run id in a directory's name; longer ones are cut and get a hash. */
  static final int MAX_RUN_LENGTH = 160;

  private static final String UNESCAPED = "-_.";
  private static final String HEX = "0123456789ABCDEF";

  private PartNames() {}

  static String part(String directory, long first) {
    return directory + "part-" + digits(first) + TableFiles.PARQUET_SUFFIX;
  }

  static String compacted(String directory, long first, long order) {
    return directory + "part-" + digits(first) + "-" + digits(order) + TableFiles.PARQUET_SUFFIX;
  }

  /** Directory of a day, counted from 1970. */
  static String day(long epochDay) {
    return "date=" + LocalDate.ofEpochDay(epochDay) + "/";
  }

  /** Directory of a run; two runs never share one. */
  static String run(String runId) {
    StringBuilder name = new StringBuilder();
    byte[] utf8 = runId.getBytes(StandardCharsets.UTF_8);
    for (byte b : utf8) {
      char c = (char) (b & 0xFF);
      if (isPlain(c)) {
        name.append(c);
      } else {
        name.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
      }
    }
    if (name.length() > MAX_RUN_LENGTH) {
      name.setLength(MAX_RUN_LENGTH);
      // A tilde is never plain, so no other id looks like this one.
      name.append('~').append(HexFormat.of().toHexDigits(hash(utf8)));
    }
    return "run=" + name + "/";
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || UNESCAPED.indexOf(c) >= 0;
  }

  private static long hash(byte[] bytes) {
    try {
      byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(bytes);
      return java.nio.ByteBuffer.wrap(digest).getLong();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String digits(long sequence) {
    return String.format(Locale.ROOT, "%020d", sequence);
  }
}
