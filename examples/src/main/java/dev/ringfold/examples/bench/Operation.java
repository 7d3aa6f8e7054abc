// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.nio.file.Path;

/**
 * Something a worker can measure.
 *
 * @param <K> the kind of peer it is measured on
 */
@FunctionalInterface
interface Operation<K> {
  /**
   * Measures once.
   *
   * @param kind the worker's peer
   * @param directory an empty directory, deleted afterwards
   */
  Figures run(K kind, Path directory, Call call) throws Exception;
}
