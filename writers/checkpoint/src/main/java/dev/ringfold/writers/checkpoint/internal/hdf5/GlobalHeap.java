// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where strings of any length are; equal ones are kept once. */
final class GlobalHeap {
  /** Fewest bytes of a collection that libhdf5 takes. */
  private static final int MIN_BYTES = 4_096;

  private static final int HEADER_BYTES = 16;
  private static final int OBJECT_HEADER_BYTES = 16;
  private static final int ALIGNMENT = 8;

  /** A collection is written when it is this large; objects are counted by 16 bits in it. */
  private static final int FULL_BYTES = 64 << 10;

  private final TargetFile file;
  private final Map<String, byte[]> references = new LinkedHashMap<>();
  private final List<String> pending = new ArrayList<>();
  private int pendingBytes = HEADER_BYTES;

  GlobalHeap(TargetFile file) {
    this.file = file;
  }

  void add(String text) {
    if (references.putIfAbsent(text, new byte[0]) == null) {
      pending.add(text);
      pendingBytes += objectBytes(text.getBytes(StandardCharsets.UTF_8).length);
      if (pendingBytes >= FULL_BYTES) {
        write();
      }
    }
  }

  private static int objectBytes(int length) {
    return OBJECT_HEADER_BYTES + (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Writes what was not written yet; from then on {@link #reference} knows where it is. */
  void write() {
    if (pending.isEmpty()) {
      return;
    }
    file.alignTo(ALIGNMENT);
    long address = file.length();
    int size = Math.max(MIN_BYTES, pendingBytes);
    Bytes heap = new Bytes().ascii("GCOL").u8(1).zeros(3).u64(size);
    for (int i = 0; i < pending.size(); i++) {
      byte[] utf8 = pending.get(i).getBytes(StandardCharsets.UTF_8);
      heap.u16(i + 1).u16(1).u32(0).u64(utf8.length).put(utf8).align(ALIGNMENT);
      references.put(
          pending.get(i), new Bytes().u32(utf8.length).u64(address).u32(i + 1).toArray());
    }
    int free = size - heap.size();
    if (free >= OBJECT_HEADER_BYTES) {
      heap.u16(0).u16(0).u32(0).u64(free);
    }
    heap.zeros(size - heap.size());
    file.append(heap.toArray());
    pending.clear();
    pendingBytes = HEADER_BYTES;
  }

  /** What stands for a string that was added and written. */
  byte[] reference(String text) {
    byte[] reference = references.get(text);
    if (reference == null || reference.length == 0) {
      throw new IllegalStateException("not written: " + text);
    }
    return reference;
  }
}
