// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventView;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.StreamKey;
import dev.ringfold.replay.EventSource;
import java.util.HexFormat;

/**
 * Events as JSON objects, names resolved and payloads decoded: what {@code tail --json} prints and
 * a replay writes. One thread at a time.
 */
public final class EventJson {
  private static final HexFormat HEX = HexFormat.of();

  private final EventTypes types;
  private final PayloadTree payloads;

  /**
   * Prepares.
   *
   * @param types to name event types by; others are called {@code type-} and their number
   * @param source where the events come from
   */
  public EventJson(EventTypes types, EventSource source) {
    this.types = types;
    this.payloads = new PayloadTree(source);
  }

  /** Everything about the event. */
  public ObjectNode of(EventView event) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
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

  /** The payload alone: metrics by the names of their columns, what is not known as hex. */
  public ObjectNode payload(EventView event) {
    return payloads.of(event);
  }

  /** What a type is called. */
  public String typeName(int typeId) {
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
}
