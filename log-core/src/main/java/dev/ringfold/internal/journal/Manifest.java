// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What must be there: the facts about a store that its frames cannot tell when they are gone.
 * Immutable; any thread. Written and read by {@link ManifestFile}.
 *
 * @param storeId 32 lower-case hex digits
 * @param session number of the last open for writing, from 1; 0 before the first
 * @param state how the last session ended, or that it has not
 * @param durableSequence newest sequence known to be on disk, or -1
 * @param floorSequence oldest sequence the log still promises
 * @param ancestry where a fork came from: its parent first, then the parent of that, and so on;
 *     empty for a store that began by itself; at most {@link #MAX_ANCESTORS}
 * @param name what its maker called a fork; empty for none
 * @param segments ascending by number; at most {@link SegmentFiles#MAX_SEGMENTS}
 */
public record Manifest(
    String storeId,
    long session,
    State state,
    long durableSequence,
    long floorSequence,
    List<Lineage> ancestry,
    String name,
    List<SegmentEntry> segments) {

  private static final int STORE_ID_BYTES = 16;

  /** Most stores that one comes from, parent by parent. */
  public static final int MAX_ANCESTORS = 1_000;

  /** Most bytes of a name in UTF-8. */
  public static final int MAX_NAME_BYTES = 200;

  /** How the store was left. */
  public enum State {
    /** A writer has it open, or died. */
    OPEN,
    /** It was closed after everything was forced. */
    CLEAN,
    /** A write or force failed; what the page cache holds is not to be believed. */
    FAILED
  }

  /**
   * A store that this one comes from, and up to where they are one.
   *
   * @param parentStoreId 32 lower-case hex digits
   * @param sequence last sequence taken over from it
   */
  public record Lineage(String parentStoreId, long sequence) {
    /** Checks the store id. */
    public Lineage {
      checkStoreId(parentStoreId);
    }
  }

  /** Checks the facts against each other. */
  public Manifest {
    checkStoreId(storeId);
    Objects.requireNonNull(state, "state");
    if (session < 0) {
      throw new IllegalArgumentException("session must be >= 0 but was " + session);
    }
    if (durableSequence < -1) {
      throw new IllegalArgumentException("durable must be >= -1 but was " + durableSequence);
    }
    if (floorSequence < 0) {
      throw new IllegalArgumentException("floor must be >= 0 but was " + floorSequence);
    }
    ancestry = List.copyOf(ancestry);
    checkAncestry(storeId, ancestry);
    checkName(name);
    segments = List.copyOf(segments);
    checkSegments(segments);
  }

  /** A manifest without a name, of a store with one ancestor or none. */
  public Manifest(
      String storeId,
      long session,
      State state,
      long durableSequence,
      long floorSequence,
      @Nullable Lineage lineage,
      List<SegmentEntry> segments) {
    this(
        storeId,
        session,
        state,
        durableSequence,
        floorSequence,
        lineage == null ? List.of() : List.of(lineage),
        "",
        segments);
  }

  /** The manifest of a store that was just created. */
  public static Manifest create(String storeId) {
    return new Manifest(storeId, 0, State.CLEAN, -1, 0, List.of(), "", List.of());
  }

  /** The parent that a fork was cut from and the last sequence they share; null without one. */
  public @Nullable Lineage lineage() {
    return ancestry.isEmpty() ? null : ancestry.get(0);
  }

  /**
   * The store that wrote the segment, and whose id is therefore in its frames and in the files
   * beside it: this one, or one of its ancestors.
   */
  public String writerOf(SegmentEntry entry) {
    String writer = storeId;
    for (Lineage ancestor : ancestry) {
      if (entry.firstSequence() > ancestor.sequence()) {
        return writer;
      }
      writer = ancestor.parentStoreId();
    }
    return writer;
  }

  /** The id of {@link #writerOf} as its 16 bytes. */
  public byte[] writerBytesOf(SegmentEntry entry) {
    return HexFormat.of().parseHex(writerOf(entry));
  }

  /** An id that no other store has: 32 hexadecimal digits. */
  public static String randomStoreId() {
    byte[] id = new byte[STORE_ID_BYTES];
    new SecureRandom().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /** The store id as its 16 bytes. */
  public byte[] storeIdBytes() {
    return HexFormat.of().parseHex(storeId);
  }

  /**
   * Place in {@link #segments} of the segment that holds the sequence, or would hold it next; -1
   * when the sequence is below the first segment or there is none.
   */
  public int placeOf(long sequence) {
    int low = 0;
    int high = segments.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (segments.get(middle).firstSequence() <= sequence) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /**
   * The segment that holds the sequence; null when it is below the first segment or above the last
   * one's known end.
   */
  public @Nullable SegmentEntry entryFor(long sequence) {
    int place = placeOf(sequence);
    if (place < 0) {
      return null;
    }
    SegmentEntry entry = segments.get(place);
    long last = entry.lastSequence();
    return last == SegmentEntry.UNKNOWN || sequence <= last ? entry : null;
  }

  /**
   * Place in {@link #segments} of the first segment that may hold an event logged at or after the
   * time; the number of segments when all ended before it.
   */
  public int placeOfTime(long logTimeNanos) {
    int low = 0;
    int high = segments.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (endsBefore(middle, logTimeNanos)) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Place in {@link #segments} of the first segment with at least this number. */
  public int placeOfNumber(long segment) {
    int low = 0;
    int high = segments.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (segments.get(middle).number() < segment) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The segment with this number, or null. */
  public @Nullable SegmentEntry segment(long number) {
    int place = placeOfNumber(number);
    return place < segments.size() && segments.get(place).number() == number
        ? segments.get(place)
        : null;
  }

  /** The newest segment, or null. */
  public @Nullable SegmentEntry lastSegment() {
    return segments.isEmpty() ? null : segments.get(segments.size() - 1);
  }

  /** Whether the sequence is below the floor: its segment was, or may be, deleted. */
  public boolean retired(long sequence) {
    return sequence < floorSequence;
  }

  /** This manifest with another session and state. */
  public Manifest withSession(long newSession, State newState) {
    return new Manifest(
        storeId, newSession, newState, durableSequence, floorSequence, ancestry, name, segments);
  }

  /** This manifest with another state. */
  public Manifest withState(State newState) {
    return withSession(session, newState);
  }

  /** This manifest with another durable watermark. */
  public Manifest withDurable(long newDurableSequence) {
    return new Manifest(
        storeId, session, state, newDurableSequence, floorSequence, ancestry, name, segments);
  }

  /** This manifest with other segments. */
  public Manifest withSegments(List<SegmentEntry> newSegments) {
    return new Manifest(
        storeId, session, state, durableSequence, floorSequence, ancestry, name, newSegments);
  }

  /** This manifest with a segment added, or the one of the same number replaced. */
  public Manifest withSegment(SegmentEntry entry) {
    List<SegmentEntry> changed = new ArrayList<>(segments);
    int place = placeOfNumber(entry.number());
    if (place < changed.size() && changed.get(place).number() == entry.number()) {
      changed.set(place, entry);
    } else {
      changed.add(place, entry);
    }
    return withSegments(changed);
  }

  /** This manifest without the segments below the number, and with a new floor. */
  public Manifest withFloor(long newFloorSequence, long firstSegmentKept) {
    List<SegmentEntry> kept = segments.subList(placeOfNumber(firstSegmentKept), segments.size());
    return new Manifest(
        storeId, session, state, durableSequence, newFloorSequence, ancestry, name, kept);
  }

  private boolean endsBefore(int place, long logTimeNanos) {
    long end = segments.get(place).endNanos();
    if (end == SegmentEntry.UNKNOWN && place + 1 < segments.size()) {
      end = segments.get(place + 1).beginNanos();
    }
    return end != SegmentEntry.UNKNOWN && end < logTimeNanos;
  }

  private static void checkStoreId(String storeId) {
    if (storeId.length() != 32 || !storeId.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("store id must be 32 hex digits but was " + storeId);
    }
  }

  private static void checkAncestry(String storeId, List<Lineage> ancestry) {
    if (ancestry.size() > MAX_ANCESTORS) {
      throw new IllegalArgumentException(
          "at most " + MAX_ANCESTORS + " ancestors but there are " + ancestry.size());
    }
    long below = Long.MAX_VALUE;
    for (Lineage ancestor : ancestry) {
      if (ancestor.parentStoreId().equals(storeId)) {
        throw new IllegalArgumentException("store " + storeId + " cannot be its own ancestor");
      }
      if (ancestor.sequence() < 0 || ancestor.sequence() > below) {
        throw new IllegalArgumentException(
            "ancestor " + ancestor.parentStoreId() + " cannot end at " + ancestor.sequence());
      }
      below = ancestor.sequence();
    }
  }

  /**
   * Checks the name of a fork.
   *
   * @throws IllegalArgumentException when it is too long or holds control characters
   */
  public static void checkName(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "a name has at most " + MAX_NAME_BYTES + " bytes in UTF-8 but this one has " + bytes);
    }
    if (!name.strip().equals(name) || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a name has no control characters, and no spaces at its ends");
    }
  }

  private static void checkSegments(List<SegmentEntry> segments) {
    if (segments.size() > SegmentFiles.MAX_SEGMENTS) {
      throw new IllegalArgumentException(
          "at most " + SegmentFiles.MAX_SEGMENTS + " segments but there are " + segments.size());
    }
    for (int i = 1; i < segments.size(); i++) {
      checkNeighbours(segments.get(i - 1), segments.get(i));
    }
  }

  private static void checkNeighbours(SegmentEntry before, SegmentEntry entry) {
    if (entry.number() <= before.number()) {
      throw new IllegalArgumentException(
          "segment " + entry.number() + " must not follow segment " + before.number());
    }
    long next =
        before.lastSequence() == SegmentEntry.UNKNOWN
            ? before.firstSequence()
            : before.lastSequence() + 1;
    boolean dense = before.sealed() ? entry.firstSequence() == next : entry.firstSequence() >= next;
    if (!dense) {
      throw new IllegalArgumentException(
          "segment "
              + entry.number()
              + " must begin at sequence "
              + next
              + " but begins at "
              + entry.firstSequence());
    }
    if (before.sealed() && entry.firstFrame() != before.firstFrame() + before.frames()) {
      throw new IllegalArgumentException(
          "segment "
              + entry.number()
              + " must begin at frame "
              + (before.firstFrame() + before.frames())
              + " but begins at "
              + entry.firstFrame());
    }
  }
}
