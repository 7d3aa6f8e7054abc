// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.nio.file.Path;

/** Something a worker can measure on its peer. */
@FunctionalInterface
interface Operation {
  /**
   * Measures once.
   *
   * @param peer the worker's peer
   * @param directory an empty directory, deleted afterwards
   */
  Figures run(Peer peer, Path directory, Call call) throws Exception;
}
