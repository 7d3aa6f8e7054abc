// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.EventCodecException;
import dev.ringfold.UnknownEventTypeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The event types a log knows: the built-in ones and the user's. Immutable and thread-safe. */
public final class EventTypes {
  private final List<EventType<?>> all;
  private final @Nullable EventType<?>[] byId;
  private final Map<Class<?>, EventType<?>> byClass;

  private EventTypes(Collection<EventType<?>> types) {
    this.all = types.stream().sorted(Comparator.comparingInt(EventType::id)).toList();
    this.byId = new EventType<?>[all.get(all.size() - 1).id() + 1];
    this.byClass = new HashMap<>();
    for (EventType<?> type : all) {
      byId[type.id()] = type;
      byClass.put(type.eventClass(), type);
    }
  }

  /** Only the built-in types. */
  public static EventTypes builtin() {
    return builder().build();
  }

  /** Begins a registry that already holds the built-in types. */
  public static Builder builder() {
    return new Builder();
  }

  /** All types, by ascending id. */
  public List<EventType<?>> all() {
    return all;
  }

  /** The type with this id, or null. Allocates nothing. */
  public @Nullable EventType<?> byId(int typeId) {
    return typeId >= 0 && typeId < byId.length ? byId[typeId] : null;
  }

  /** The type of exactly this class, or null. Allocates nothing. */
  public @Nullable EventType<?> byClass(Class<? extends Event> eventClass) {
    return byClass.get(eventClass);
  }

  /**
   * The type to write an event with. Allocates nothing.
   *
   * @throws UnknownEventTypeException when its class is not registered
   */
  public EventType<?> typeOf(Event event) {
    EventType<?> type = byClass.get(event.getClass());
    if (type == null) {
      throw new UnknownEventTypeException(
          "No event type is registered for "
              + event.getClass().getName()
              + ". Register one: EventTypes.builder().add(EventType.builder(id, name, "
              + event.getClass().getSimpleName()
              + ".class, codec).build()).");
    }
    return type;
  }

  /**
   * Decodes an event. One of an unknown type or of a newer version comes back as an {@link
   * UnknownEvent} with its bytes; it is not an error.
   *
   * @param typeId numeric type id
   * @param version schema version it was written with
   * @param in the payload, from its current position
   * @throws EventCodecException when the bytes do not fit the type
   */
  public Event decode(int typeId, int version, PayloadReader in) {
    EventType<?> type = byId(typeId);
    if (type == null) {
      return unknown(typeId, version, in, UnknownEvent.Reason.UNKNOWN_TYPE);
    }
    if (version > type.schemaVersion()) {
      return unknown(typeId, version, in, UnknownEvent.Reason.NEWER_VERSION);
    }
    return type.decode(version, in);
  }

  private static UnknownEvent unknown(
      int typeId, int version, PayloadReader in, UnknownEvent.Reason reason) {
    return new UnknownEvent(typeId, version, in.readRaw(in.remaining()), reason);
  }

  /** Collects types; refuses a second one with the same id, name or class. Not thread-safe. */
  public static final class Builder {
    private final List<EventType<?>> types = new ArrayList<>(BuiltinTypes.all());

    private Builder() {}

    /** Adds a type. */
    public Builder add(EventType<?> type) {
      for (EventType<?> other : types) {
        refuseIf(other.id() == type.id(), type, other, "id " + type.id());
        refuseIf(other.name().equals(type.name()), type, other, "name " + type.name());
        refuseIf(other.eventClass() == type.eventClass(), type, other, type.eventClass().getName());
      }
      types.add(type);
      return this;
    }

    /** Builds the registry. */
    public EventTypes build() {
      return new EventTypes(types);
    }

    private static void refuseIf(boolean same, EventType<?> type, EventType<?> other, String what) {
      if (same) {
        throw new IllegalArgumentException(
            "Event types must differ, but both have "
                + what
                + ": "
                + other
                + " of "
                + other.eventClass().getName()
                + " and "
                + type
                + " of "
                + type.eventClass().getName());
      }
    }
  }
}
