// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/** Takes the events a tailer reads, one at a time, in order, in the thread that polls. */
@FunctionalInterface
public interface EventHandler {
  /** Called for one event; the view is only valid during the call. */
  void onEvent(EventView event);
}
