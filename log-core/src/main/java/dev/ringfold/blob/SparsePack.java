// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.util.List;

/**
 * A pack with more garbage than live entries.
 *
 * @param pack the pack
 * @param all its entries
 * @param live those of them that must stay readable
 */
record SparsePack(PackTable.Pack pack, List<PackFormat.Entry> all, List<PackFormat.Entry> live) {
  long liveBytes() {
    return live.stream().mapToLong(PackFormat.Entry::length).sum();
  }
}
