// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * How one projection is.
 *
 * @param name the projection
 * @param version of what it writes; 0 when nobody knows
 * @param state in lower case: that of its worker, {@code paused}, or {@code not running}
 * @param applied last event consumed; the committed one when nobody runs it
 * @param committed position of its newest commit
 * @param lagEvents events behind the journal's end
 * @param lagSeconds log time behind it; NaN when nobody runs it
 * @param deadLetters events put aside that nobody has decided about
 * @param failure why it failed, or empty
 */
record ProjectionRow(
    String name,
    int version,
    String state,
    long applied,
    long committed,
    long lagEvents,
    double lagSeconds,
    long deadLetters,
    String failure) {
  static final List<String> HEADINGS =
      List.of("projection", "state", "applied", "committed", "lag", "lag seconds", "dead letters");

  List<String> texts() {
    return List.of(
        Quantities.printable(name),
        state,
        Long.toString(applied),
        Long.toString(committed),
        Long.toString(lagEvents),
        Double.isNaN(lagSeconds) ? "-" : String.format(Locale.ROOT, "%.1f", lagSeconds),
        Long.toString(deadLetters));
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object().put("name", name).put("version", version).put("state", state);
    node.put("appliedSequence", applied).put("committedSequence", committed);
    node.put("lagEvents", lagEvents);
    if (!Double.isNaN(lagSeconds)) {
      node.put("lagSeconds", lagSeconds);
    }
    return node.put("deadLetters", deadLetters).put("failure", failure);
  }
}
