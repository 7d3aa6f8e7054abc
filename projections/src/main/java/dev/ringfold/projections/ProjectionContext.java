// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import dev.ringfold.ForkOrigin;
import dev.ringfold.LogNames;
import dev.ringfold.event.Event;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a projection's surroundings give it. Used by the worker's thread only. */
public interface ProjectionContext {
  /** The store's id, 32 hexadecimal digits. */
  String storeId();

  /** Where the store was forked from; null when it is no fork. */
  default @Nullable ForkOrigin forkedFrom() {
    return null;
  }

  /**
   * Directory under which outputs lie, {@code outputs/} in the store unless it was set otherwise;
   * it exists. A projection writes to files named after itself there.
   */
  Path outputs();

  /** Directory of this projection's snapshots in the store; may not exist yet. */
  Path snapshots();

  /** The names, streams and layouts that the event being applied refers to. */
  LogNames names();

  /**
   * Sequence of the event the worker is at. It is the applied event's own, except for a dead letter
   * that is tried again: then it is the order's, and above everything applied before.
   */
  long consuming();

  /** Decodes an event with the types the log was opened with. */
  Event decode(EventView event);
}
