// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import dev.ringfold.EventCodecException;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.blob.BlobRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One kind of event: the number that stands for it in the journal, its name, its newest schema
 * version, its codec and the upcasters from every older version. Immutable and thread-safe.
 *
 * @param <E> the events of this type
 */
public final class EventType<E extends Event> {
  /** Smallest id for a user's type; smaller ones belong to Ringfold. */
  public static final int MIN_USER_ID = 1024;

  /** Largest id. */
  public static final int MAX_ID = 65_535;

  /** Largest schema version. */
  public static final int MAX_SCHEMA_VERSION = 255;

  /** Most chars in a name. */
  public static final int MAX_NAME_LENGTH = 200;

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z][A-Za-z0-9_]*(\\.[A-Za-z][A-Za-z0-9_]*)*");

  private final int id;
  private final String name;
  private final int schemaVersion;
  private final Class<E> eventClass;
  private final EventCodec<E> codec;
  private final Delivery delivery;
  private final List<Upcaster> upcasters;
  private final @Nullable Function<E, List<BlobRef>> blobs;

  private EventType(Builder<E> builder) {
    this.id = builder.id;
    this.name = builder.name;
    this.schemaVersion = builder.schemaVersion;
    this.eventClass = builder.eventClass;
    this.codec = builder.codec;
    this.delivery = builder.delivery;
    this.upcasters = completeChain(builder);
    this.blobs = builder.blobs;
  }

  /**
   * Begins a type of a user's own; version 1, {@link Delivery#REQUIRED}, no upcasters.
   *
   * @param id {@link #MIN_USER_ID} to {@link #MAX_ID}; never give it to another type later
   * @param name letters, digits and underscores, in parts separated by dots
   * @param eventClass the exact class of the events
   * @param codec for the newest version
   */
  public static <E extends Event> Builder<E> builder(
      int id, String name, Class<E> eventClass, EventCodec<E> codec) {
    if (id < MIN_USER_ID || id > MAX_ID) {
      throw new IllegalArgumentException(
          "The id of event type "
              + name
              + " must be "
              + MIN_USER_ID
              + " to "
              + MAX_ID
              + " but was "
              + id
              + "; ids below belong to Ringfold");
    }
    return new Builder<>(id, name, eventClass, codec);
  }

  /** Begins a type of Ringfold's own modules, with an id from 1 to 1023. Not for users. */
  public static <E extends Event> Builder<E> reserved(
      int id, String name, Class<E> eventClass, EventCodec<E> codec) {
    if (id < 1 || id >= MIN_USER_ID) {
      throw new IllegalArgumentException(
          "The id of built-in event type "
              + name
              + " must be 1 to "
              + (MIN_USER_ID - 1)
              + " but was "
              + id);
    }
    return new Builder<>(id, name, eventClass, codec);
  }

  /** The number that stands for this type in the journal. */
  public int id() {
    return id;
  }

  /** The name, for people; unique in a log. */
  public String name() {
    return name;
  }

  /** The newest version, the one events are written with. */
  public int schemaVersion() {
    return schemaVersion;
  }

  /** The exact class of the events. */
  public Class<E> eventClass() {
    return eventClass;
  }

  /** The codec of the newest version. */
  public EventCodec<E> codec() {
    return codec;
  }

  /** What happens when the ring is full. */
  public Delivery delivery() {
    return delivery;
  }

  /** Whether its events may name blobs. */
  public boolean namesBlobs() {
    return blobs != null;
  }

  /**
   * The blobs that an event of this type names, which garbage collection keeps as long as the log
   * holds the event; empty when the type was not told how to find them.
   *
   * @throws EventCodecException when the type's function fails
   */
  public List<BlobRef> blobs(Event event) {
    if (blobs == null) {
      return List.of();
    }
    E typed = eventClass.cast(event);
    try {
      return List.copyOf(blobs.apply(typed));
    } catch (RuntimeException e) {
      throw new EventCodecException(
          label(schemaVersion) + ": the blobs it names could not be told: " + e, e);
    }
  }

  /**
   * Encodes an event of this type.
   *
   * @throws EventCodecException when the codec fails
   * @throws EventTooLargeException when the payload exceeds the writer's limit
   */
  public void encode(Event event, PayloadWriter out) {
    E typed = eventClass.cast(event);
    try {
      codec.encode(typed, out);
    } catch (EventTooLargeException e) {
      throw new EventTooLargeException(label(schemaVersion) + ": " + e.getMessage(), e);
    } catch (EventCodecException e) {
      throw new EventCodecException(label(schemaVersion) + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new EventCodecException(label(schemaVersion) + " could not be encoded: " + e, e);
    }
  }

  /**
   * Decodes a payload of any version up to the newest, through the upcasters.
   *
   * @throws EventCodecException when the bytes do not fit, bytes are left over, or the codec fails
   */
  public E decode(int version, PayloadReader in) {
    if (version < 1 || version > schemaVersion) {
      throw new EventCodecException(
          label(version) + ": expected a version from 1 to " + schemaVersion);
    }
    try {
      PayloadReader newest = version == schemaVersion ? in : upcast(version, in);
      E event = codec.decode(newest);
      newest.expectEnd();
      return event;
    } catch (EventCodecException e) {
      throw new EventCodecException(label(version) + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new EventCodecException(label(version) + " could not be decoded: " + e, e);
    }
  }

  @Override
  public String toString() {
    return label(schemaVersion);
  }

  private PayloadReader upcast(int version, PayloadReader in) {
    PayloadReader from = in;
    for (int step = version; step < schemaVersion; step++) {
      PayloadWriter next = new PayloadWriter();
      upcasters.get(step - 1).upcast(from, next);
      from = new PayloadReader().wrap(ByteBuffer.wrap(next.array()), 0, next.length());
    }
    return from;
  }

  private String label(int version) {
    return "Event type " + name + " (id " + id + ", version " + version + ")";
  }

  private static List<Upcaster> completeChain(Builder<?> builder) {
    List<Upcaster> chain = new ArrayList<>();
    for (int from = 1; from < builder.schemaVersion; from++) {
      chain.add(theUpcasterFrom(from, builder));
    }
    if (chain.size() != builder.upcasters.size()) {
      throw new IllegalArgumentException(
          "Event type "
              + builder.name
              + " has an upcaster from a version outside 1 to "
              + (builder.schemaVersion - 1)
              + "; its schemaVersion is "
              + builder.schemaVersion);
    }
    return List.copyOf(chain);
  }

  private static Upcaster theUpcasterFrom(int version, Builder<?> builder) {
    List<Upcaster> found =
        builder.upcasters.stream().filter(u -> u.fromVersion() == version).toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "Event type "
              + builder.name
              + " with schemaVersion "
              + builder.schemaVersion
              + " needs exactly one upcaster from version "
              + version
              + " but has "
              + found.size());
    }
    return found.get(0);
  }

  /** Collects the parts of a type; not thread-safe. */
  public static final class Builder<E extends Event> {
    private final int id;
    private final String name;
    private final Class<E> eventClass;
    private final EventCodec<E> codec;
    private final List<Upcaster> upcasters = new ArrayList<>();
    private int schemaVersion = 1;
    private Delivery delivery = Delivery.REQUIRED;
    private @Nullable Function<E, List<BlobRef>> blobs;

    private Builder(int id, String name, Class<E> eventClass, EventCodec<E> codec) {
      if (name.length() > MAX_NAME_LENGTH || !NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "An event type's name must be at most "
                + MAX_NAME_LENGTH
                + " letters, digits and underscores in parts separated by dots, like"
                + " OrderPlaced or shop.OrderPlaced, but was '"
                + name
                + "'");
      }
      this.id = id;
      this.name = name;
      this.eventClass = eventClass;
      this.codec = codec;
    }

    /** Sets the newest version, 1 to {@link #MAX_SCHEMA_VERSION}. */
    public Builder<E> schemaVersion(int version) {
      if (version < 1 || version > MAX_SCHEMA_VERSION) {
        throw new IllegalArgumentException(
            "The schemaVersion of event type "
                + name
                + " must be 1 to "
                + MAX_SCHEMA_VERSION
                + " but was "
                + version);
      }
      this.schemaVersion = version;
      return this;
    }

    /** Sets what happens when the ring is full. */
    public Builder<E> delivery(Delivery delivery) {
      this.delivery = delivery;
      return this;
    }

    /**
     * Says which blobs an event names, so that collecting garbage keeps them.
     *
     * @param named called with events of any thread; must not keep them
     */
    public Builder<E> blobs(Function<E, List<BlobRef>> named) {
      this.blobs = named;
      return this;
    }

    /** Adds the step from one version to the next; every version below the newest needs one. */
    public Builder<E> upcaster(Upcaster upcaster) {
      upcasters.add(upcaster);
      return this;
    }

    /** Builds the type, or says which upcaster is missing. */
    public EventType<E> build() {
      return new EventType<>(this);
    }
  }
}
