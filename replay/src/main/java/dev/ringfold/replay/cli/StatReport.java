// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SegmentEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@link StoreStatus} in words and as JSON. Stateless. */
final class StatReport {
  private StatReport() {}

  static ObjectNode toJson(StoreStatus status) {
    Manifest manifest = status.manifest();
    ObjectNode root = Json.object();
    root.put("store", status.store().toString()).put("storeId", manifest.storeId());
    root.put("state", status.condition()).put("session", manifest.session());
    root.set("holder", status.holder().toJson());
    root.put("events", status.events()).put("floorSequence", manifest.floorSequence());
    root.put("lastSequence", status.end().lastSequence());
    root.put("durableSequence", status.end().durableSequence());
    if (manifest.lineage() != null) {
      addLineage(root.putObject("lineage"), status);
    }
    addSizes(root, status.sizes());
    ArrayNode segments = root.putArray("segments");
    manifest.segments().forEach(entry -> segments.add(segment(status, entry)));
    ArrayNode ledger = root.putArray("ledger");
    status.ledger().rows().forEach(row -> ledger.add(row.toJson()));
    ObjectNode drops = root.putObject("dropsByReason");
    status.ledger().dropsByReason().forEach(drops::put);
    ArrayNode hints = root.putArray("hints");
    status.hints().forEach(hints::add);
    return root;
  }

  private static void addLineage(ObjectNode node, StoreStatus status) {
    List<Manifest.Lineage> ancestry = status.manifest().ancestry();
    node.put("parent", ancestry.get(0).parentStoreId()).put("sequence", ancestry.get(0).sequence());
    node.put("name", status.manifest().name()).put("fork", status.isFork());
    ArrayNode ancestors = node.putArray("ancestors");
    for (Manifest.Lineage ancestor : ancestry) {
      ancestors
          .addObject()
          .put("store", ancestor.parentStoreId())
          .put("sequence", ancestor.sequence());
    }
  }

  private static void addSizes(ObjectNode root, StoreStatus.Sizes sizes) {
    ObjectNode bytes = root.putObject("bytes");
    bytes.put("journalUsed", sizes.journalUsed()).put("journalFiles", sizes.journalFiles());
    if (sizes.journalAllocated() != DiskUse.UNKNOWN) {
      bytes.put("journalAllocated", sizes.journalAllocated());
    }
    bytes.put("blobs", sizes.blobFiles());
    bytes.put("diskUsable", sizes.diskUsable()).put("diskTotal", sizes.diskTotal());
    bytes.put("lowFloor", sizes.lowFloor()).put("fullFloor", sizes.fullFloor());
  }

  private static ObjectNode segment(StoreStatus status, SegmentEntry entry) {
    ObjectNode node = Json.object();
    node.put("number", entry.number()).put("sealed", entry.sealed());
    node.put("firstSequence", entry.firstSequence());
    node.put("begin", Quantities.instant(entry.beginNanos()).toString());
    var scanned = status.end().open().get(entry.number());
    if (entry.sealed()) {
      node.put("lastSequence", entry.lastSequence()).put("frames", entry.frames());
      node.put("length", entry.length());
      node.put("end", Quantities.instant(entry.endNanos()).toString());
    } else if (scanned != null) {
      node.put("lastSequence", scanned.lastSequence()).put("frames", scanned.frames());
      node.put("length", scanned.endOffset());
    }
    return node;
  }

  static List<String> toText(StoreStatus status, boolean listSegments) {
    Manifest manifest = status.manifest();
    StoreStatus.Sizes sizes = status.sizes();
    List<String> lines = new ArrayList<>();
    lines.add("store      " + status.store());
    lines.add("id         " + manifest.storeId());
    String word = status.isFork() ? "forked     from " : "restored   from ";
    for (Manifest.Lineage ancestor : manifest.ancestry()) {
      lines.add(word + ancestor.parentStoreId() + " at " + ancestor.sequence());
      word = "           and that from ";
    }
    if (!manifest.name().isEmpty()) {
      lines.add("name       " + Quantities.printable(manifest.name()));
    }
    lines.add("state      " + status.condition() + ", session " + manifest.session());
    lines.add("writer     " + status.holder().toText());
    lines.add(
        "events     "
            + status.events()
            + (status.events() == 0
                ? ""
                : ", sequences "
                    + (status.end().lastSequence() - status.events() + 1)
                    + " to "
                    + status.end().lastSequence()));
    lines.add("durable    up to " + status.end().durableSequence());
    lines.add(segmentsLine(manifest));
    lines.add(
        "journal    "
            + Quantities.bytes(sizes.journalUsed())
            + " used, "
            + (sizes.journalAllocated() == DiskUse.UNKNOWN
                ? "allocated blocks unknown (no du)"
                : Quantities.bytes(sizes.journalAllocated()) + " allocated"));
    lines.add("blobs      " + Quantities.bytes(sizes.blobFiles()));
    lines.add(
        String.format(
            Locale.ROOT,
            "disk       %s usable of %s; low below %s, full below %s",
            Quantities.bytes(sizes.diskUsable()),
            Quantities.bytes(sizes.diskTotal()),
            Quantities.bytes(sizes.lowFloor()),
            Quantities.bytes(sizes.fullFloor())));
    addLedger(lines, status.ledger().rows());
    if (listSegments) {
      addSegments(lines, status);
    }
    status.hints().forEach(hint -> lines.add("hint       " + hint));
    return lines;
  }

  private static String segmentsLine(Manifest manifest) {
    long open = manifest.segments().stream().filter(entry -> !entry.sealed()).count();
    return "segments   " + manifest.segments().size() + (open == 0 ? "" : ", " + open + " open");
  }

  private static void addLedger(List<String> lines, List<LedgerRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "ledger     %7s %-20s %12s %12s %12s",
            "session",
            "producer",
            "offered",
            "stored",
            "dropped"));
    for (LedgerRow row : rows) {
      String name = row.mark().producer() + " " + Quantities.printable(row.name());
      String mark = row.mark().lowerBound() ? "  at least" : row.mark().closing() ? "" : "  so far";
      lines.add(
          String.format(
              Locale.ROOT,
              "           %7d %-20s %12d %12d %12d%s",
              row.mark().session(),
              name,
              row.mark().offered(),
              row.mark().stored(),
              row.mark().dropped(),
              mark));
    }
  }

  private static void addSegments(List<String> lines, StoreStatus status) {
    lines.add(
        String.format(
            Locale.ROOT,
            "segment    %10s %-6s %12s %12s %9s %11s  %s",
            "number",
            "state",
            "first",
            "last",
            "frames",
            "used",
            "begin"));
    for (SegmentEntry entry : status.manifest().segments()) {
      ObjectNode node = segment(status, entry);
      lines.add(
          String.format(
              Locale.ROOT,
              "           %10d %-6s %12d %12s %9s %11s  %s",
              entry.number(),
              entry.sealed() ? "sealed" : "open",
              entry.firstSequence(),
              node.has("lastSequence") ? node.get("lastSequence").asText() : "-",
              node.has("frames") ? node.get("frames").asText() : "-",
              node.has("length") ? Quantities.bytes(node.get("length").asLong()) : "-",
              node.get("begin").asText()));
    }
  }
}
