// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventView;
import dev.ringfold.replay.EventSource;
import java.io.IOException;

/** Takes the events of a replay. One thread. */
interface ReplayTarget extends AutoCloseable {
  /** Where to go on as the target itself knows: the next sequence, 0 when it knows nothing. */
  default long resumesAt() throws IOException {
    return 0;
  }

  /** Begins: called once, before the first event. */
  default void begin(EventSource source) throws IOException {}

  /** Takes one event, which is only valid during the call. */
  void take(EventView event) throws IOException;

  /** Shows what was taken, before a pause. */
  default void show() throws IOException {}

  /** Makes what was taken permanent: behind it the position is saved. */
  default void keep() throws IOException {}

  /** The end of the replay has come; not called after a stop or a failure. */
  default void finish() throws IOException {}

  /** Gives up what it holds. */
  @Override
  default void close() throws IOException {}
}
