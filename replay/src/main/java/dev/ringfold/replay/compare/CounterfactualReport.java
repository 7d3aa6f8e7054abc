// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What would be different without some events.
 *
 * @param without the events that were left out
 * @param upTo last event of both folds
 * @param tables by projection
 * @param lists checkpoints and states
 * @param projections states of projections of one's own
 * @param notes what a reader has to know
 */
public record CounterfactualReport(
    List<LeftOut> without,
    long upTo,
    List<TableChanges> tables,
    List<ItemChanges> lists,
    List<StateChange> projections,
    List<String> notes) {
  /** Rows and totals that are shown as text; JSON has more. */
  private static final int MAX_SHOWN = 20;

  /** Copies the lists. */
  public CounterfactualReport {
    without = List.copyOf(without);
    tables = List.copyOf(tables);
    lists = List.copyOf(lists);
    projections = List.copyOf(projections);
    notes = List.copyOf(notes);
  }

  /**
   * An event that was left out.
   *
   * @param sequence its place
   * @param type name of its type
   * @param stream name of its stream
   * @param time when it was written
   */
  public record LeftOut(long sequence, String type, String stream, Instant time) {}

  /**
   * The state of a projection.
   *
   * @param projection its name
   * @param before SHA-256 with the events
   * @param after SHA-256 without them
   * @param bytesBefore length with the events
   * @param bytesAfter length without them
   * @param firstDifference offset of the first byte that differs, -1 for none
   */
  public record StateChange(
      String projection,
      String before,
      String after,
      long bytesBefore,
      long bytesAfter,
      int firstDifference) {
    /** Whether both are the same. */
    public boolean isEmpty() {
      return firstDifference < 0;
    }
  }

  /** Whether nothing differs. */
  public boolean isEmpty() {
    return tables.stream().allMatch(TableChanges::isEmpty)
        && lists.stream().allMatch(ItemChanges::isEmpty)
        && projections.stream().allMatch(StateChange::isEmpty);
  }

  /** For programs: one object. */
  public ObjectNode toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ArrayNode events = root.putArray("without");
    for (LeftOut one : without) {
      events
          .addObject()
          .put("sequence", one.sequence())
          .put("type", one.type())
          .put("stream", one.stream())
          .put("time", one.time().toString());
    }
    root.put("upTo", upTo);
    root.put("same", isEmpty());
    ArrayNode tableNodes = root.putArray("tables");
    tables.forEach(table -> toJson(table, tableNodes.addObject()));
    ArrayNode listNodes = root.putArray("lists");
    for (ItemChanges list : lists) {
      ObjectNode node = listNodes.addObject();
      node.put("list", list.list()).put("before", list.before()).put("after", list.after());
      ArrayNode items = node.putArray("items");
      list.items()
          .forEach(
              item ->
                  items
                      .addObject()
                      .put("sequence", item.sequence())
                      .put("before", item.before())
                      .put("after", item.after()));
    }
    ArrayNode states = root.putArray("projections");
    for (StateChange state : projections) {
      states
          .addObject()
          .put("projection", state.projection())
          .put("before", state.before())
          .put("after", state.after())
          .put("bytesBefore", state.bytesBefore())
          .put("bytesAfter", state.bytesAfter())
          .put("firstDifference", state.firstDifference());
    }
    ArrayNode noteNodes = root.putArray("notes");
    notes.forEach(noteNodes::add);
    return root;
  }

  private static void toJson(TableChanges table, ObjectNode node) {
    node.put("table", table.table())
        .put("rowsBefore", table.rowsBefore())
        .put("rowsAfter", table.rowsAfter())
        .put("removed", table.removed())
        .put("added", table.added())
        .put("changed", table.changed());
    ArrayNode rows = node.putArray("rows");
    for (TableChanges.Row row : table.first()) {
      ObjectNode rowNode = rows.addObject();
      rowNode.put("sequence", row.sequence()).put("kind", row.kind().word());
      rowNode.put("group", row.group());
      ObjectNode cells = rowNode.putObject("cells");
      for (TableChanges.Cell cell : row.cells()) {
        ArrayNode pair = cells.putArray(cell.column());
        pair.add(JsonValues.of(cell.before()));
        pair.add(JsonValues.of(cell.after()));
      }
    }
    ArrayNode totals = node.putArray("totals");
    for (TableChanges.Total total : table.totals()) {
      ObjectNode totalNode = totals.addObject();
      totalNode.put("group", total.group()).put("column", total.column());
      numbers(total.before(), totalNode.putObject("before"));
      numbers(total.after(), totalNode.putObject("after"));
    }
  }

  private static void numbers(TableChanges.Numbers numbers, ObjectNode node) {
    node.put("count", numbers.count());
    node.set("sum", JsonValues.of(numbers.sum()));
    node.set("mean", JsonValues.of(numbers.mean()));
    node.set("min", JsonValues.of(numbers.least()));
    node.set("max", JsonValues.of(numbers.greatest()));
  }

  /** For people: lines of text. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (LeftOut one : without.subList(0, Math.min(MAX_SHOWN, without.size()))) {
      lines.add(
          "without "
              + one.sequence()
              + ": "
              + one.type()
              + " of "
              + one.stream()
              + ", "
              + one.time());
    }
    more(lines, without.size());
    lines.add("compared up to sequence " + upTo + (isEmpty() ? ": nothing differs" : ""));
    tables.forEach(table -> lines(table, lines));
    for (ItemChanges list : lists) {
      lines.add(
          list.list() + ": " + list.before() + " -> " + list.after() + count(list.items().size()));
      for (ItemChanges.Item item : list.items().subList(0, shown(list.items().size()))) {
        lines.add(
            "  "
                + item.sequence()
                + "  "
                + (item.before().isEmpty() ? "(none)" : item.before())
                + " -> "
                + (item.after().isEmpty() ? "(none)" : item.after()));
      }
      more(lines, list.items().size());
    }
    for (StateChange state : projections) {
      lines.add(
          state.projection()
              + ": "
              + (state.isEmpty()
                  ? "the same state"
                  : state.bytesBefore()
                      + " -> "
                      + state.bytesAfter()
                      + " bytes, the first difference at byte "
                      + state.firstDifference()));
    }
    notes.forEach(note -> lines.add("note: " + note));
    return lines;
  }

  private static void lines(TableChanges table, List<String> lines) {
    lines.add(
        table.table()
            + ": "
            + table.rowsBefore()
            + " -> "
            + table.rowsAfter()
            + " rows"
            + (table.isEmpty()
                ? ", the same"
                : ", "
                    + table.removed()
                    + " removed, "
                    + table.added()
                    + " added, "
                    + table.changed()
                    + " changed"));
    for (TableChanges.Row row : table.first().subList(0, shown(table.first().size()))) {
      lines.add("  " + row.kind().word() + " " + row.sequence() + "  " + row.group());
      for (TableChanges.Cell cell : row.cells()) {
        lines.add(
            "    "
                + cell.column()
                + "  "
                + (cell.before() == null ? "" : cell.before())
                + (row.kind() == TableChanges.Kind.CHANGED ? " -> " : "")
                + (cell.after() == null ? "" : cell.after()));
      }
    }
    more(lines, table.differences());
    for (TableChanges.Total total : table.totals().subList(0, shown(table.totals().size()))) {
      lines.add(
          "  total of "
              + total.column()
              + " in "
              + total.group()
              + ": count "
              + total.before().count()
              + " -> "
              + total.after().count()
              + ", mean "
              + total.before().mean()
              + " -> "
              + total.after().mean()
              + ", min "
              + total.before().least()
              + " -> "
              + total.after().least()
              + ", max "
              + total.before().greatest()
              + " -> "
              + total.after().greatest());
    }
    more(lines, table.totals().size());
  }

  private static String count(int differences) {
    return differences == 0 ? ", the same" : ", " + differences + " differ";
  }

  private static int shown(int size) {
    return Math.min(MAX_SHOWN, size);
  }

  private static void more(List<String> lines, long size) {
    if (size > MAX_SHOWN) {
      lines.add("  and " + (size - MAX_SHOWN) + " more; --json has them");
    }
  }
}
