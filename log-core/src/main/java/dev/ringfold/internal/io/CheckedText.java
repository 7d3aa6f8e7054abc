// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.CorruptJournalException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * Small text files that say when they are damaged. UTF-8, lines end with LF:
 *
 * <pre>
 * &lt;header: what it is, and its version&gt;
 * &lt;key&gt; &lt;value&gt;
 * ...
 * crc32c &lt;8 hex, CRC32C of all bytes before this line&gt;
 * </pre>
 *
 * <p>Stateless; any thread.
 */
public final class CheckedText {
  /** Most bytes such a file may have. */
  public static final int MAX_BYTES = 64 << 10;

  private static final String CRC_KEY = "crc32c ";
  private static final int CRC_LINE_LENGTH = CRC_KEY.length() + 8 + 1;

  private CheckedText() {}

  /** The bytes of a file with these lines between header and checksum. */
  public static byte[] format(String header, List<String> lines) {
    return format(header, lines, MAX_BYTES);
  }

  /** As {@link #format(String, List)}, with another limit. */
  public static byte[] format(String header, List<String> lines, int maxBytes) {
    StringBuilder text = new StringBuilder(header).append('\n');
    for (String line : lines) {
      if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
        throw new IllegalArgumentException("a line must not hold a line break: '" + line + "'");
      }
      text.append(line).append('\n');
    }
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    if (body.length + CRC_LINE_LENGTH > maxBytes) {
      throw new IllegalArgumentException(
          "at most " + maxBytes + " bytes but there are " + (body.length + CRC_LINE_LENGTH));
    }
    byte[] last = crcLine(body, body.length);
    byte[] all = Arrays.copyOf(body, body.length + last.length);
    System.arraycopy(last, 0, all, body.length, last.length);
    return all;
  }

  /**
   * The lines between header and checksum.
   *
   * @param remedy what to do about a damaged file
   * @throws CorruptJournalException when the checksum is wrong or the header is another one
   */
  public static List<String> parse(Path file, String header, byte[] bytes, String remedy) {
    int body = bytes.length - CRC_LINE_LENGTH;
    if (body < 0 || !Arrays.equals(crcLine(bytes, body), suffix(bytes, body))) {
      throw damaged(file, "its checksum does not fit its " + bytes.length + " bytes", remedy);
    }
    List<String> lines =
        new ArrayList<>(
            Arrays.asList(new String(bytes, 0, body, StandardCharsets.UTF_8).split("\n")));
    if (!lines.get(0).equals(header)) {
      throw damaged(
          file,
          "expected '" + header + "' in its first line but found '" + lines.get(0) + "'",
          remedy);
    }
    return lines.subList(1, lines.size());
  }

  /** The value behind a key; a missing key is damage. */
  public static String value(Path file, List<String> lines, String key, String remedy) {
    for (String line : lines) {
      if (line.startsWith(key + " ")) {
        return line.substring(key.length() + 1);
      }
    }
    throw damaged(file, "it has no line '" + key + "'", remedy);
  }

  /** The number behind a key; a missing key or another text is damage. */
  public static long number(Path file, List<String> lines, String key, String remedy) {
    String text = value(file, lines, key, remedy);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw damaged(file, "'" + key + "' should be a number but is '" + text + "'", remedy);
    }
  }

  private static byte[] crcLine(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    String line = CRC_KEY + String.format(Locale.ROOT, "%08x", (int) crc.getValue()) + '\n';
    return line.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] suffix(byte[] bytes, int from) {
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  private static CorruptJournalException damaged(Path file, String problem, String remedy) {
    return new CorruptJournalException(file, -1, -1, problem, remedy);
  }
}
