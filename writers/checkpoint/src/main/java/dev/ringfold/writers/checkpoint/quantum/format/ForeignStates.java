// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.quantum.StateIds;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the files of other writers leave out or say differently. */
final class ForeignStates {
  /** Where the metadata keeps a number of qubits that is not the vector's. */
  static final String SAID_QUBITS = "declared_n_qubits";

  private static final String[] SUFFIXES = {".json.zlib", ".json", ".qms", ".zlib"};

  private ForeignStates() {}

  /** An id made of a file's name, without its suffix. */
  static String idOfName(String fileName) {
    String name = fileName;
    for (String suffix : SUFFIXES) {
      if (name.toLowerCase(Locale.ROOT).endsWith(suffix)) {
        name = name.substring(0, name.length() - suffix.length());
        break;
      }
    }
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < name.length() && id.length() < StateIds.MAX_BYTES; i++) {
      char c = name.charAt(i);
      boolean plain = c > ' ' && c < 0x7f && c != '/' && c != '\\';
      id.append(plain ? c : '_');
    }
    if (id.length() == 0 || id.charAt(0) == '.') {
      id.insert(0, "state");
    }
    id.setLength(Math.min(id.length(), StateIds.MAX_BYTES));
    return id.toString();
  }

  /** The metadata, and in it the number of qubits the file gave when the vector has another. */
  static Map<String, Object> withSaidQubits(
      Map<String, Object> metadata, int said, double @Nullable [] vector) {
    if (vector == null || said == 0 || vector.length == 2L << said) {
      return metadata;
    }
    Map<String, Object> more = new LinkedHashMap<>(metadata);
    more.put(SAID_QUBITS, said);
    return more;
  }

  /**
   * A checksum someone else gave, or null when there is none.
   *
   * @throws FormatException when it is none of SHA-256
   */
  static @Nullable String checksum(@Nullable Object value, String where) {
    if (value == null || value.equals("")) {
      return null;
    }
    if (value instanceof String string && StateChecksums.isSha256(lower(string))) {
      return lower(string);
    }
    throw new FormatException(where + ": expected a SHA-256 in hex as checksum but found " + value);
  }

  private static String lower(String text) {
    return text.length() > 64 ? text : text.toLowerCase(Locale.ROOT);
  }
}
