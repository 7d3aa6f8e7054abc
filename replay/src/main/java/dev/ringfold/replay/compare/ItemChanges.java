// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What differs between two lists whose items are known by a sequence.
 *
 * @param list its name
 * @param before how many items the first one has
 * @param after how many the second one has
 * @param items that differ, by sequence
 */
public record ItemChanges(String list, int before, int after, List<Item> items) {
  /** Copies the list. */
  public ItemChanges {
    items = List.copyOf(items);
  }

  /**
   * An item that differs.
   *
   * @param sequence its key
   * @param before what the first list says of it, empty when it has none
   * @param after what the second one says of it, empty when it has none
   */
  public record Item(long sequence, String before, String after) {}

  static <T> ItemChanges of(
      String name, List<T> before, List<T> after, ToLongFunction<T> key, Function<T, String> text) {
    Map<Long, T> old = byKey(before, key);
    Map<Long, T> now = byKey(after, key);
    TreeSet<Long> keys = new TreeSet<>(old.keySet());
    keys.addAll(now.keySet());
    List<Item> items = new ArrayList<>();
    for (long sequence : keys) {
      T was = old.get(sequence);
      T is = now.get(sequence);
      if (was == null || !was.equals(is)) {
        items.add(
            new Item(
                sequence, was == null ? "" : text.apply(was), is == null ? "" : text.apply(is)));
      }
    }
    return new ItemChanges(name, before.size(), after.size(), items);
  }

  private static <T> Map<Long, T> byKey(List<T> items, ToLongFunction<T> key) {
    Map<Long, T> byKey = new HashMap<>();
    items.forEach(item -> byKey.put(key.applyAsLong(item), item));
    return byKey;
  }

  /** Whether both are the same. */
  public boolean isEmpty() {
    return items.isEmpty();
  }
}
