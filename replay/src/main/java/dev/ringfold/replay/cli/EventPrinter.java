// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventView;
import dev.ringfold.event.EventTypes;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.playback.EventJson;
import java.util.Iterator;
import java.util.Map;

/**
 * One event as a JSON object or as one line of text. Both come from the same tree, so that they
 * never tell different things. One thread at a time.
 */
final class EventPrinter {
  private static final int TYPE_WIDTH = 17;
  private static final int SEQUENCE_WIDTH = 8;

  private final EventJson json;

  EventPrinter(EventTypes types, EventSource source) {
    this.json = new EventJson(types, source);
  }

  /** Everything about the event, names resolved. */
  ObjectNode toJson(EventView event) {
    return json.of(event);
  }

  /** Sequence, log time, type, stream, and the payload as {@code name=value}. */
  String toText(EventView event) {
    StringBuilder line = new StringBuilder(160);
    String sequence = Long.toString(event.sequence());
    line.append(" ".repeat(Math.max(0, SEQUENCE_WIDTH - sequence.length()))).append(sequence);
    line.append("  ").append(event.logTime());
    String type = json.typeName(event.typeId());
    line.append("  ").append(type).append(" ".repeat(Math.max(0, TYPE_WIDTH - type.length())));
    line.append("  ").append(Quantities.printable(event.stream().name()));
    if (event.producer() != 0) {
      line.append("  producer=").append(event.producer());
    }
    appendFields(line, json.payload(event));
    return line.toString();
  }

  private static void appendFields(StringBuilder line, JsonNode payload) {
    Iterator<Map.Entry<String, JsonNode>> fields = payload.properties().iterator();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      if (field.getValue().isObject()) {
        appendFields(line, field.getValue());
        continue;
      }
      line.append("  ").append(Quantities.printable(field.getKey())).append('=');
      line.append(
          Quantities.printable(
              field.getValue().isContainerNode()
                  ? field.getValue().toString()
                  : field.getValue().asText()));
    }
  }
}
