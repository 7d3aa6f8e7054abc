// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.EventFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a REQUIRED append may carry besides its event: an idempotency key, expectations, tags, and
 * where it came from. Immutable; every method returns a changed copy.
 */
public final class AppendOptions {
  /** Nothing but the event. */
  public static final AppendOptions NONE = new AppendOptions(new Draft());

  /** Most conditions of one append. */
  public static final int MAX_CONDITIONS = 16;

  /**
   * A name and a value by which events of some types can be found, such as {@code order} and {@code
   * 4711}.
   */
  public record Tag(String name, String value) {}

  /**
   * Holds while no event of one of the types with this tag was stored after a sequence.
   *
   * @param typeIds the event types, at most {@link #MAX_CONDITIONS}
   * @param tag the tag they would carry
   * @param afterSequence the newest sequence the caller has read, -1 for none
   */
  public record NoneAfter(List<Integer> typeIds, Tag tag, long afterSequence) {
    /** Copies and checks the types. */
    public NoneAfter {
      typeIds = List.copyOf(typeIds);
      if (typeIds.isEmpty() || typeIds.size() > MAX_CONDITIONS) {
        throw new IllegalArgumentException(
            "a condition names 1 to " + MAX_CONDITIONS + " types but was given " + typeIds.size());
      }
    }
  }

  private static final class Draft implements Cloneable {
    @Nullable String key;
    long expectedVersion = -1;
    List<NoneAfter> conditions = List.of();
    List<Tag> tags = List.of();
    @Nullable UUID correlation;
    long causation = -1;
    long eventTimeNanos = Long.MIN_VALUE;

    Draft copy() {
      try {
        return (Draft) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final Draft draft;

  private AppendOptions(Draft draft) {
    this.draft = draft;
  }

  /** The same key sent twice, also across a restart, yields one event and the first receipt. */
  public AppendOptions key(String idempotencyKey) {
    Draft next = draft.copy();
    next.key = idempotencyKey;
    return new AppendOptions(next);
  }

  /** The append only happens if the event's stream holds exactly this many events. */
  public AppendOptions expectVersion(long version) {
    if (version < 0) {
      throw new IllegalArgumentException("version must be >= 0 but was " + version);
    }
    Draft next = draft.copy();
    next.expectedVersion = version;
    return new AppendOptions(next);
  }

  /** The append only happens if the condition holds. */
  public AppendOptions expectNone(NoneAfter condition) {
    Draft next = draft.copy();
    next.conditions = plus(draft.conditions, condition, MAX_CONDITIONS, "conditions");
    return new AppendOptions(next);
  }

  /** Marks the event so that conditions and indexes can find it. */
  public AppendOptions tag(String name, String value) {
    Draft next = draft.copy();
    next.tags = plus(draft.tags, new Tag(name, value), EventFormat.MAX_TAGS, "tags");
    return new AppendOptions(next);
  }

  /** The conversation or request this event belongs to, and the sequence that caused it or -1. */
  public AppendOptions context(UUID correlation, long causationSequence) {
    Draft next = draft.copy();
    next.correlation = correlation;
    next.causation = causationSequence;
    return new AppendOptions(next);
  }

  /** The caller's own clock, nanoseconds since 1970; without it the time of the call. */
  public AppendOptions eventTimeNanos(long nanos) {
    Draft next = draft.copy();
    next.eventTimeNanos = nanos;
    return new AppendOptions(next);
  }

  private static <T> List<T> plus(List<T> list, T item, int limit, String what) {
    if (list.size() >= limit) {
      throw new IllegalArgumentException("an append takes at most " + limit + " " + what);
    }
    List<T> longer = new ArrayList<>(list);
    longer.add(item);
    return List.copyOf(longer);
  }

  /** The idempotency key, or null. */
  public @Nullable String key() {
    return draft.key;
  }

  /** The expected version, when there is one. */
  public OptionalLong expectedVersion() {
    return draft.expectedVersion < 0
        ? OptionalLong.empty()
        : OptionalLong.of(draft.expectedVersion);
  }

  /** The conditions. */
  public List<NoneAfter> conditions() {
    return draft.conditions;
  }

  /** The tags. */
  public List<Tag> tags() {
    return draft.tags;
  }

  /** The correlation id, or null. */
  public @Nullable UUID correlation() {
    return draft.correlation;
  }

  /** The sequence that caused the event, or -1. */
  public long causationSequence() {
    return draft.causation;
  }

  /** The caller's clock, when it was given. */
  public OptionalLong eventTimeNanos() {
    return draft.eventTimeNanos == Long.MIN_VALUE
        ? OptionalLong.empty()
        : OptionalLong.of(draft.eventTimeNanos);
  }
}
