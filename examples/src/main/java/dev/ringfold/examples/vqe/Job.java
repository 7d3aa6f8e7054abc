// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands on the bill.
 *
 * @param number from 1
 * @param token of the client, or {@code -}
 * @param costMicros millionths of a credit
 */
record Job(int number, String token, long costMicros, String body, String result) {
  /** What a job costs and gives. */
  record Outcome(long costMicros, String result) {}

  /** What the simulated computer does with a job's body. */
  @FunctionalInterface
  interface Work {
    /**
     * Does it.
     *
     * @throws IllegalArgumentException when it cannot be done; the job is refused
     */
    Outcome run(String body);
  }

  private static final int FIELDS = 6;

  String id() {
    return "job-" + number;
  }

  /** One line of the bill, with a checksum. */
  String line() {
    String text =
        String.join(
            " ",
            Integer.toString(number),
            token,
            Long.toString(costMicros),
            encode(body),
            encode(result));
    return text + " " + crc(text) + "\n";
  }

  /** The job of a line, or null when the line is torn. */
  static @Nullable Job parse(String line) {
    int end = line.lastIndexOf(' ');
    if (end < 0 || !crc(line.substring(0, end)).equals(line.substring(end + 1))) {
      return null;
    }
    String[] words = line.split(" ", FIELDS);
    return new Job(
        Integer.parseInt(words[0]),
        words[1],
        Long.parseLong(words[2]),
        decode(words[3]),
        decode(words[4]));
  }

  private static String crc(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }

  /** A text as one word; the empty one is {@code =}. */
  static String encode(String text) {
    return text.isEmpty()
        ? "="
        : Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static String decode(String word) {
    return word.equals("=")
        ? ""
        : new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
  }
}
