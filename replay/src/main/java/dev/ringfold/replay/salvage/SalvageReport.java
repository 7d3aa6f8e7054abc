// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.salvage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@link Salvage} made, and exactly what is lost.
 *
 * @param store the damaged store
 * @param target the new one
 * @param storeId its identity
 * @param firstSequence oldest sequence of the new store
 * @param lastSequence newest one
 * @param events events that are there
 * @param blobs blobs that are there
 * @param lost places in the journal where something is not
 * @param lostBlobs what is wrong with blobs and the history of event types, one sentence each
 * @param notes what else there is to know, one sentence each
 */
public record SalvageReport(
    Path store,
    Path target,
    String storeId,
    long firstSequence,
    long lastSequence,
    long events,
    long blobs,
    List<Lost> lost,
    List<String> lostBlobs,
    List<String> notes) {

  /**
   * A place where something is lost.
   *
   * @param segment number of the segment
   * @param fromOffset where it begins in the segment's file; -1 when there is no file
   * @param toOffset where the next intact frame begins, or the file ends; -1 when there is no file
   * @param frames how many frames, as far as is known
   * @param firstSequence of the events that are lost
   * @param lastSequence below {@code firstSequence} when no event is: only names or counts were
   *     there
   */
  public record Lost(
      long segment,
      long fromOffset,
      long toOffset,
      long frames,
      long firstSequence,
      long lastSequence) {
    /** How many events. */
    public long events() {
      return Math.max(0, lastSequence - firstSequence + 1);
    }

    String toText() {
      String place = fromOffset < 0 ? "no file" : "bytes " + fromOffset + " to " + toOffset;
      String what =
          events() == 0
              ? "no event (names or counts, which later segments repeat)"
              : "sequences " + firstSequence + " to " + lastSequence;
      return "segment " + segment + ", " + place + ": " + what;
    }
  }

  /** Copies the lists. */
  public SalvageReport {
    lost = List.copyOf(lost);
    lostBlobs = List.copyOf(lostBlobs);
    notes = List.copyOf(notes);
  }

  /** Whether nothing is lost. */
  public boolean complete() {
    return lost.isEmpty() && lostBlobs.isEmpty();
  }

  /** How many events are lost. */
  public long lostEvents() {
    return lost.stream().mapToLong(Lost::events).sum();
  }

  /** The report in words, lines end in LF. */
  public String toText() {
    StringBuilder text = new StringBuilder(256);
    text.append("salvaged ").append(store).append(" into ").append(target).append('\n');
    text.append("  store ").append(storeId).append(", sequences ").append(firstSequence);
    text.append(" to ").append(lastSequence).append(", ").append(events).append(" events, ");
    text.append(blobs).append(" blobs\n");
    notes.forEach(note -> text.append("  ").append(note).append('\n'));
    if (complete()) {
      return text.append("  nothing is lost\n").toString();
    }
    lost.forEach(each -> text.append("LOST: ").append(each.toText()).append('\n'));
    lostBlobs.forEach(each -> text.append("LOST: ").append(each).append('\n'));
    return text.append(lostEvents()).append(" events are lost\n").toString();
  }

  /** The report as one JSON object. */
  public ObjectNode toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("store", store.toString()).put("target", target.toString()).put("storeId", storeId);
    root.put("firstSequence", firstSequence).put("lastSequence", lastSequence);
    root.put("events", events).put("blobs", blobs);
    root.put("complete", complete()).put("lostEvents", lostEvents());
    ArrayNode places = root.putArray("lost");
    for (Lost each : lost) {
      places
          .addObject()
          .put("segment", each.segment())
          .put("fromOffset", each.fromOffset())
          .put("toOffset", each.toOffset())
          .put("frames", each.frames())
          .put("firstSequence", each.firstSequence())
          .put("lastSequence", each.lastSequence());
    }
    lostBlobs.forEach(root.putArray("lostBlobs")::add);
    notes.forEach(root.putArray("notes")::add);
    return root;
  }
}
