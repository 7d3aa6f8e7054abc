// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@link JournalRepair} did, or would do.
 *
 * @param store the store's directory
 * @param dryRun whether nothing was changed
 * @param actions what was done, one sentence each; empty when there was nothing to do
 * @param problems what repair cannot mend, one sentence each
 */
public record RepairReport(
    Path store, boolean dryRun, List<String> actions, List<String> problems) {

  /** Copies the lists. */
  public RepairReport {
    actions = List.copyOf(actions);
    problems = List.copyOf(problems);
  }

  /** Whether nothing is left that repair cannot mend. */
  public boolean complete() {
    return problems.isEmpty();
  }

  /** The report in words, lines end in LF. */
  public String toText() {
    StringBuilder text = new StringBuilder(256);
    text.append(dryRun ? "would repair " : "repaired ").append(store).append('\n');
    if (actions.isEmpty()) {
      text.append("nothing to do\n");
    }
    actions.forEach(action -> text.append("  ").append(action).append('\n'));
    problems.forEach(problem -> text.append("CANNOT MEND: ").append(problem).append('\n'));
    return text.toString();
  }

  /** The report as one JSON object on one line. */
  public String toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("store", store.toString()).put("dryRun", dryRun).put("complete", complete());
    actions.forEach(root.putArray("actions")::add);
    problems.forEach(root.putArray("problems")::add);
    return Json.line(root);
  }
}
