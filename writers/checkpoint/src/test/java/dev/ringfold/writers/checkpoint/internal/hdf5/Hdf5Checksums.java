// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes the checksums of damaged HDF5 structures right again, as one who means harm would. */
public final class Hdf5Checksums {
  private static final int SUPERBLOCK_BYTES = 44;

  private Hdf5Checksums() {}

  /** A copy in which superblock, object headers and continuations have right checksums. */
  public static byte[] repair(byte[] damaged) {
    byte[] bytes = damaged.clone();
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length > 48 && bytes[8] >= 2) {
      set(view, 0, SUPERBLOCK_BYTES);
    }
    for (int at = 0; at + 16 < bytes.length; at++) {
      if (is(bytes, at, "OHDR")) {
        int flags = bytes[at + 5];
        int before = 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        int width = 1 << (flags & 3);
        if (at + before + 8 < bytes.length && width <= 4) {
          long size =
              width == 1
                  ? view.get(at + before) & 0xff
                  : width == 2 ? view.getShort(at + before) & 0xffff : view.getInt(at + before);
          set(view, at, before + width + size);
        }
      } else if (is(bytes, at, "FRHP")) {
        set(view, at, 142);
      } else if (is(bytes, at, "BTHD")) {
        set(view, at, 34);
      } else if (is(bytes, at, "FAHD")) {
        set(view, at, 24);
      } else if (is(bytes, at, "EAHD")) {
        set(view, at, 68);
      }
    }
    return bytes;
  }

  private static boolean is(byte[] bytes, int at, String signature) {
    byte[] expected = signature.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < expected.length; i++) {
      if (bytes[at + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static void set(ByteBuffer view, int at, long length) {
    if (length > 0 && at + length + 4 <= view.capacity()) {
      byte[] part = new byte[(int) length];
      view.get(at, part);
      view.putInt((int) (at + length), Lookup3.hash(part, part.length));
    }
  }
}
