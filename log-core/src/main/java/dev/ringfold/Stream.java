// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.StreamKey;

/**
 * A named sequence of events inside a log, with a version of its own: the number of its events. A
 * run is one stream of metrics. Context (space, actor, device) is bound to it. A value; any thread.
 *
 * @param id the number that events carry
 * @param key name and context
 */
public record Stream(int id, StreamKey key) {
  /** The stream's name. */
  public String name() {
    return key.name();
  }
}
