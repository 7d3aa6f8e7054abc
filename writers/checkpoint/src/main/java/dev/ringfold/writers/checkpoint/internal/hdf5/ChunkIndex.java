// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import java.util.ArrayList;
import java.util.List;

/** Where the chunks of an array are: a B-tree, version 1, written bottom up when all are known. */
final class ChunkIndex {
  /** Children of a node; twice the K that a file without superblock extension has. */
  private static final int CHILDREN = 64;

  private static final int ALIGNMENT = 8;
  private static final int CHUNK_NODE = 1;

  /** Beginning of what a node covers: bytes of its first chunk, and where that begins. */
  private record Entry(int storedBytes, long[] offset, long address) {}

  private final int rank;
  private final List<Entry> chunks = new ArrayList<>();

  ChunkIndex(int rank) {
    this.rank = rank;
  }

  /** Adds the next chunk in C order. */
  void add(long[] offset, int storedBytes, long address) {
    chunks.add(new Entry(storedBytes, offset.clone(), address));
  }

  /** Appends the tree to a file; returns where its root is. */
  long write(TargetFile file, long[] end) {
    file.alignTo(ALIGNMENT);
    List<Entry> level = chunks;
    int height = 0;
    do {
      level = write(file, level, height, end);
      height++;
    } while (level.size() > 1);
    return level.get(0).address();
  }

  private List<Entry> write(TargetFile file, List<Entry> children, int height, long[] end) {
    List<Entry> nodes = new ArrayList<>();
    int count = (children.size() + CHILDREN - 1) / CHILDREN;
    long first = file.length();
    for (int i = 0; i < count; i++) {
      int from = i * CHILDREN;
      List<Entry> mine = children.subList(from, Math.min(children.size(), from + CHILDREN));
      Entry next =
          from + CHILDREN < children.size()
              ? children.get(from + CHILDREN)
              : new Entry(0, end, Messages.UNDEFINED);
      long left = i == 0 ? Messages.UNDEFINED : first + (long) (i - 1) * nodeBytes();
      long right = i == count - 1 ? Messages.UNDEFINED : first + (long) (i + 1) * nodeBytes();
      Entry begin = mine.get(0);
      nodes.add(new Entry(begin.storedBytes(), begin.offset(), file.length()));
      file.append(node(mine, next, height, left, right));
    }
    return nodes;
  }

  private byte[] node(List<Entry> children, Entry next, int height, long left, long right) {
    Bytes node = new Bytes().ascii("TREE").u8(CHUNK_NODE).u8(height).u16(children.size());
    node.u64(left).u64(right);
    for (Entry child : children) {
      key(node, child);
      node.u64(child.address());
    }
    key(node, next);
    return node.zeros(nodeBytes() - node.size()).toArray();
  }

  private void key(Bytes node, Entry entry) {
    node.u32(entry.storedBytes()).u32(0);
    for (long offset : entry.offset()) {
      node.u64(offset);
    }
    node.u64(0);
  }

  private int keyBytes() {
    return 8 + 8 * (rank + 1);
  }

  private int nodeBytes() {
    return 24 + 8 * CHILDREN + keyBytes() * (CHILDREN + 1);
  }
}
