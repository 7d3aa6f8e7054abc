// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.HexFormat;

/** Bytes as lower-case hex. */
final class Hex {
  private Hex() {}

  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
