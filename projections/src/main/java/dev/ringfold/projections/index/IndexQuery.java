// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.internal.keys.KeyHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which events are looked for: those that pass in every respect that is named. Immutable; every
 * method returns a changed copy.
 *
 * <pre>{@code
 * IndexQuery.ALL.types(1).streams("run-7").between(1_000, 2_000)
 * }</pre>
 *
 * @param types numeric ids of event types; empty for all
 * @param streams names of streams, whatever their context; empty for all
 * @param spaces spaces of streams; empty for all
 * @param tags hashes of the tags that an event has to have, all of them
 * @param fromSequence first sequence
 * @param toSequence last sequence
 * @param fromTimeNanos earliest log time, nanoseconds since 1970
 * @param toTimeNanos latest log time
 */
public record IndexQuery(
    Set<Integer> types,
    Set<String> streams,
    Set<String> spaces,
    List<TagHash> tags,
    long fromSequence,
    long toSequence,
    long fromTimeNanos,
    long toTimeNanos) {

  /** Every event. */
  public static final IndexQuery ALL =
      new IndexQuery(
          Set.of(),
          Set.of(),
          Set.of(),
          List.of(),
          0,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          Long.MAX_VALUE);

  /**
   * The hash of a tag, as events carry it.
   *
   * @param high first half
   * @param low second half
   */
  public record TagHash(long high, long low) {
    /** The hash of a name and a value. */
    public static TagHash of(String name, String value) {
      KeyHash hash = new KeyHash();
      hash.tag(name, value);
      return new TagHash(hash.hi(), hash.lo());
    }
  }

  /** Copies and checks. */
  public IndexQuery {
    types = Set.copyOf(types);
    streams = Set.copyOf(streams);
    spaces = Set.copyOf(spaces);
    tags = List.copyOf(tags);
    if (fromSequence < 0) {
      throw new IllegalArgumentException("fromSequence must be >= 0 but was " + fromSequence);
    }
  }

  /** Also events of these types. */
  public IndexQuery types(int... ids) {
    Set<Integer> all = new HashSet<>(types);
    Arrays.stream(ids).forEach(all::add);
    return new IndexQuery(
        all, streams, spaces, tags, fromSequence, toSequence, fromTimeNanos, toTimeNanos);
  }

  /** Also events of streams of these names; a run is a stream. */
  public IndexQuery streams(Collection<String> names) {
    Set<String> all = new HashSet<>(streams);
    all.addAll(names);
    return new IndexQuery(
        types, all, spaces, tags, fromSequence, toSequence, fromTimeNanos, toTimeNanos);
  }

  /** As {@link #streams(Collection)}. */
  public IndexQuery streams(String... names) {
    return streams(Arrays.asList(names));
  }

  /** Also events of streams in these spaces. */
  public IndexQuery spaces(Collection<String> names) {
    Set<String> all = new HashSet<>(spaces);
    all.addAll(names);
    return new IndexQuery(
        types, streams, all, tags, fromSequence, toSequence, fromTimeNanos, toTimeNanos);
  }

  /** Only events that have this tag, too. */
  public IndexQuery tag(String name, String value) {
    List<TagHash> all = new ArrayList<>(tags);
    all.add(TagHash.of(name, value));
    return new IndexQuery(
        types, streams, spaces, all, fromSequence, toSequence, fromTimeNanos, toTimeNanos);
  }

  /** Only these sequences, both included. */
  public IndexQuery between(long first, long last) {
    return new IndexQuery(types, streams, spaces, tags, first, last, fromTimeNanos, toTimeNanos);
  }

  /** Only these log times, both included, nanoseconds since 1970. */
  public IndexQuery times(long fromNanos, long toNanos) {
    return new IndexQuery(
        types, streams, spaces, tags, fromSequence, toSequence, fromNanos, toNanos);
  }

  /** Whether log times are limited. */
  public boolean hasTimes() {
    return fromTimeNanos != Long.MIN_VALUE || toTimeNanos != Long.MAX_VALUE;
  }

  /** Whether streams are limited, by name or by space. */
  public boolean hasStreams() {
    return !streams.isEmpty() || !spaces.isEmpty();
  }

  /** Whether the events of a stream may pass. */
  public boolean passesStream(String name, String space) {
    return (streams.isEmpty() || streams.contains(name))
        && (spaces.isEmpty() || spaces.contains(space));
  }

  /** Whether anything but the sequences is limited, so that an index is of use. */
  public boolean isSelective() {
    return !types.isEmpty() || hasStreams() || !tags.isEmpty() || hasTimes();
  }
}
