// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.Event;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.UnknownEvent;
import dev.ringfold.replay.EventSource;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The payload of an event as a tree: metrics by the names of their columns, other records by their
 * components, what no type of this program can decode as hex. One thread at a time.
 */
final class PayloadTree {
  private final EventSource source;

  PayloadTree(EventSource source) {
    this.source = source;
  }

  /** Never fails: a payload that cannot be decoded is shown raw, with the reason. */
  ObjectNode of(EventView event) {
    try {
      Event decoded = source.decode(event);
      if (decoded instanceof MetricsLogged metrics) {
        return metrics(metrics);
      }
      if (decoded instanceof UnknownEvent unknown) {
        return raw(lower(unknown.reason()), unknown.raw());
      }
      return record(decoded);
    } catch (RingfoldException | IllegalArgumentException | ReflectiveOperationException e) {
      return raw(String.valueOf(e.getMessage()), event.payloadBytes());
    }
  }

  private ObjectNode metrics(MetricsLogged metrics) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kind", lower(metrics.kind()));
    node.put("attempt", metrics.attempt());
    node.put("epoch", metrics.epoch());
    node.put("step", metrics.step());
    ObjectNode values = node.putObject("values");
    MetricLayout layout = source.names().layout(metrics.layoutId());
    for (int i = 0; i < metrics.columns(); i++) {
      if (metrics.present(i)) {
        cell(values, metrics, layout.column(i), i);
      }
    }
    return node;
  }

  private void cell(ObjectNode values, MetricsLogged metrics, MetricColumn column, int index) {
    long cell = metrics.longAt(index);
    switch (column.type()) {
      case DOUBLE -> values.put(column.name(), metrics.doubleAt(index));
      case LONG -> values.put(column.name(), cell);
      case BOOLEAN -> values.put(column.name(), cell != 0);
      case STRING -> values.put(column.name(), name(id -> source.names().name(id), (int) cell));
    }
  }

  private ObjectNode record(Event event) throws ReflectiveOperationException {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    addNames(node, event);
    RecordComponent[] components = event.getClass().getRecordComponents();
    if (components == null) {
      return node.put("text", event.toString());
    }
    for (RecordComponent component : components) {
      component.getAccessor().setAccessible(true);
      put(node, component.getName(), component.getAccessor().invoke(event));
    }
    return node;
  }

  /** What the numbers of the log's own events stand for. */
  private void addNames(ObjectNode node, Event event) {
    LogNames names = source.names();
    if (event instanceof LedgerMark mark) {
      node.put("name", name(names::name, mark.nameId()));
    } else if (event instanceof DropsObserved drops) {
      node.put("name", name(id -> names.producer(drops.session(), id), drops.producer()));
      node.put("streamName", name(id -> names.stream(id).key().name(), drops.stream()));
    }
  }

  private static String name(IntFunction<String> names, int id) {
    try {
      return names.apply(id);
    } catch (IllegalArgumentException unknown) {
      return "#" + id;
    }
  }

  private static void put(ObjectNode node, String name, @Nullable Object value) {
    if (value instanceof Boolean flag) {
      node.put(name, flag);
    } else if (value instanceof Double || value instanceof Float) {
      node.put(name, ((Number) value).doubleValue());
    } else if (value instanceof Number number) {
      node.put(name, number.longValue());
    } else if (value instanceof Enum<?> constant) {
      node.put(name, lower(constant));
    } else if (value instanceof byte[] bytes) {
      node.put(name, HexFormat.of().formatHex(bytes));
    } else if (value instanceof Collection<?> items) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      items.forEach(item -> list.add(String.valueOf(item)));
      node.set(name, list);
    } else {
      node.put(name, String.valueOf(value));
    }
  }

  private static ObjectNode raw(String reason, byte[] payload) {
    return JsonNodeFactory.instance.objectNode().put("raw", HexFormat.of().formatHex(payload)).put("reason", reason);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
