// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventView;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.StreamKey;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;

/**
 * One event as a JSON object or as one line of text. Both come from the same tree, so that they
 * never tell different things. One thread at a time.
 */
final class EventPrinter {
  private static final HexFormat HEX = HexFormat.of();
  private static final int TYPE_WIDTH = 17;
  private static final int SEQUENCE_WIDTH = 8;

  private final EventTypes types;
  private final PayloadTree payloads;

  EventPrinter(EventTypes types, PayloadTree payloads) {
    this.types = types;
    this.payloads = payloads;
  }

  /** Everything about the event, names resolved. */
  ObjectNode toJson(EventView event) {
    ObjectNode node = Json.object();
    node.put("sequence", event.sequence());
    node.put("logTime", event.logTime().toString());
    node.put("logTimeNanos", event.logTimeNanos());
    node.put("eventTime", event.eventTime().toString());
    node.put("type", typeName(event.typeId()));
    node.put("typeId", event.typeId());
    node.put("version", event.schemaVersion());
    node.put("producer", event.producer());
    addStream(node, event);
    addContext(node, event);
    node.set("payload", payloads.of(event));
    return node;
  }

  /** Sequence, log time, type, stream, and the payload as {@code name=value}. */
  String toText(EventView event) {
    StringBuilder line = new StringBuilder(160);
    String sequence = Long.toString(event.sequence());
    line.append(" ".repeat(Math.max(0, SEQUENCE_WIDTH - sequence.length()))).append(sequence);
    line.append("  ").append(event.logTime());
    String type = typeName(event.typeId());
    line.append("  ").append(type).append(" ".repeat(Math.max(0, TYPE_WIDTH - type.length())));
    line.append("  ").append(Quantities.printable(event.stream().name()));
    if (event.producer() != 0) {
      line.append("  producer=").append(event.producer());
    }
    appendFields(line, payloads.of(event));
    return line.toString();
  }

  private String typeName(int typeId) {
    EventType<?> type = types.byId(typeId);
    return type == null ? "type-" + typeId : type.name();
  }

  private static void addStream(ObjectNode node, EventView event) {
    StreamKey stream = event.stream();
    node.put("stream", stream.name());
    putUnlessEmpty(node, "space", stream.space());
    putUnlessEmpty(node, "actor", stream.actor());
    putUnlessEmpty(node, "device", stream.device());
  }

  private static void addContext(ObjectNode node, EventView event) {
    if (event.groupContinues()) {
      node.put("groupContinues", true);
    }
    if (event.hasContext()) {
      node.put("correlation", pair(event.correlationHi(), event.correlationLo()));
      node.put("causation", event.causation());
    }
    if (event.hasKey()) {
      node.put("key", pair(event.keyHi(), event.keyLo()));
    }
    if (event.tagCount() > 0) {
      ArrayNode tags = node.putArray("tags");
      for (int i = 0; i < event.tagCount(); i++) {
        tags.add(pair(event.tagHi(i), event.tagLo(i)));
      }
    }
  }

  private static String pair(long high, long low) {
    return HEX.toHexDigits(high) + HEX.toHexDigits(low);
  }

  private static void putUnlessEmpty(ObjectNode node, String field, String value) {
    if (!value.isEmpty()) {
      node.put(field, value);
    }
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
