// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.AppendOptions;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventFormat;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.PayloadWriter;
import dev.ringfold.internal.keys.KeyHash;
import java.util.UUID;

/**
 * Encodes events of one producer into its own array: header, optional blocks, payload, as {@link
 * EventFormat} lays them out. Used by one thread.
 */
final class EventEncoder {
  private final EventTypes types;
  private final int producer;
  private final PayloadWriter out = new PayloadWriter();
  private final KeyHash hash = new KeyHash();
  private byte[] large = new byte[0];
  private int largeLength;

  EventEncoder(EventTypes types, int producer) {
    this.types = types;
    this.producer = producer;
  }

  /** The encoded event's bytes, from 0. */
  byte[] bytes() {
    return out.array();
  }

  /** Its length. */
  int length() {
    return out.position();
  }

  void encode(Event event, int stream, long nowNanos, AppendOptions options) {
    EventType<?> type = types.typeOf(event);
    int flags = flags(options);
    int start = EventFormat.HEADER_LENGTH + blockLength(options);
    out.reset(start);
    type.encode(event, out);
    EventHeader.put(
        out.array(),
        0,
        out.position(),
        type.id(),
        type.schemaVersion(),
        flags,
        producer,
        stream,
        options.eventTimeNanos().orElse(nowNanos));
    putBlocks(options);
  }

  private static int flags(AppendOptions options) {
    int flags = options.correlation() == null ? 0 : EventFormat.FLAG_CONTEXT;
    return options.tags().isEmpty() ? flags : flags | EventFormat.FLAG_TAGS;
  }

  private static int blockLength(AppendOptions options) {
    int length = options.correlation() == null ? 0 : EventFormat.CONTEXT_LENGTH;
    int tags = options.tags().size();
    return tags == 0 ? length : length + 1 + tags * EventFormat.TAG_LENGTH;
  }

  private void putBlocks(AppendOptions options) {
    byte[] bytes = out.array();
    int at = EventFormat.HEADER_LENGTH;
    UUID correlation = options.correlation();
    if (correlation != null) {
      EventHeader.putLong(bytes, at, correlation.getMostSignificantBits());
      EventHeader.putLong(bytes, at + Long.BYTES, correlation.getLeastSignificantBits());
      EventHeader.putLong(bytes, at + 2 * Long.BYTES, options.causationSequence());
      at += EventFormat.CONTEXT_LENGTH;
    }
    if (!options.tags().isEmpty()) {
      bytes[at++] = (byte) options.tags().size();
      for (AppendOptions.Tag tag : options.tags()) {
        hash.tag(tag.name(), tag.value());
        EventHeader.putLong(bytes, at, hash.hi());
        EventHeader.putLong(bytes, at + Long.BYTES, hash.lo());
        at += EventFormat.TAG_LENGTH;
      }
    }
  }

  /** Adds what the last encoded event expects. */
  void addExpectations(GroupDraft draft, int stream, AppendOptions options) {
    if (options.expectedVersion().isPresent()) {
      draft.expectations.add(
          new PendingAppend.Expectation(stream, options.expectedVersion().getAsLong()));
    }
    for (AppendOptions.NoneAfter condition : options.conditions()) {
      hash.tag(condition.tag().name(), condition.tag().value());
      draft.conditions.add(
          new PendingAppend.Condition(
              condition.typeIds().stream().mapToInt(Integer::intValue).toArray(),
              hash.hi(),
              hash.lo(),
              condition.afterSequence()));
    }
    if (options.key() != null) {
      if (draft.events != 1) {
        throw new IllegalArgumentException(
            "a unit of work has one key: give it with the first event");
      }
      draft.key = options.key();
    }
  }

  /** Finishes a keyed group: hashes, and the key block in its first event. */
  void seal(GroupDraft draft) {
    String key = draft.key;
    if (key != null && !draft.sealed) {
      hash.key(key);
      draft.keyHi = hash.hi();
      draft.keyLo = hash.lo();
      draft.payloadHash = payloadHash(draft);
      draft.insertKey(draft.keyHi, draft.keyLo, draft.payloadHash);
      draft.sealed = true;
    }
  }

  /** Types, streams and payloads; not times and context, which a repeat may have others of. */
  private long payloadHash(GroupDraft draft) {
    byte[] bytes = draft.bytes();
    hash.beginPayload();
    int at = 0;
    while (at < draft.length()) {
      int length = EventHeader.length(bytes, at);
      int start = EventHeader.payloadStart(bytes, at);
      hash.addPayload(
          EventHeader.type(bytes, at),
          bytes[at + EventFormat.SCHEMA_VERSION_OFFSET] & 0xFF,
          EventHeader.stream(bytes, at),
          bytes,
          start,
          at + length - start);
      at += length;
    }
    return hash.endPayload();
  }

  /** Encodes a row of metrics that is too large for one slot. */
  byte[] metrics(MetricsPayload row, int stream, long timeNanos) {
    int start = EventFormat.HEADER_LENGTH;
    if (large.length < start + row.maxLength()) {
      large = new byte[start + row.maxLength()];
    }
    largeLength = start + row.encode(large, start);
    EventType<?> type = dev.ringfold.event.BuiltinTypes.METRICS_LOGGED;
    EventHeader.put(
        large, 0, largeLength, type.id(), type.schemaVersion(), 0, producer, stream, timeNanos);
    return large;
  }

  /** Length of what {@link #metrics} encoded. */
  int metricsLength() {
    return largeLength;
  }
}
