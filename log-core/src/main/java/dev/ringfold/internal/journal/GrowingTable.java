// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.util.Arrays;
import java.util.Objects;

/**
 * A list that only grows: one thread at a time appends (the caller locks), any thread reads without
 * a lock. The volatile size is written after the element, so an index below it is always readable.
 */
final class GrowingTable<T> {
  private static final int INITIAL_CAPACITY = 16;

  private volatile Object[] elements = new Object[INITIAL_CAPACITY];
  private volatile int size;

  int size() {
    return size;
  }

  int add(T element) {
    int index = size;
    Object[] array = elements;
    if (index == array.length) {
      array = Arrays.copyOf(array, index * 2);
    }
    array[index] = element;
    elements = array;
    size = index + 1;
    return index;
  }

  @SuppressWarnings("unchecked") // Only add writes elements.
  T at(int index) {
    Objects.checkIndex(index, size);
    return (T) elements[index];
  }
}
