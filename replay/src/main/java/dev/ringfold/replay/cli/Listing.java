// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;

/**
 * How a command lists what it found: one JSON object with an array, or a table.
 *
 * @param <T> what is listed
 * @param name of the array, and what things are called when there are none
 * @param headings of the table
 * @param json one thing as JSON
 * @param row one thing as a row of the table
 */
record Listing<T>(
    String name,
    List<String> headings,
    Function<T, ObjectNode> json,
    Function<T, List<String>> row) {
  /** Prints all of them. */
  void print(Output output, List<T> all) {
    if (output.json()) {
      ObjectNode root = Json.object();
      var array = root.putArray(name);
      all.forEach(one -> array.add(json.apply(one)));
      output.json(root);
    } else if (all.isEmpty()) {
      output.line("there are no " + name);
    } else {
      TextTable.lines(headings, all.stream().map(row).toList(), headings.size())
          .forEach(output::line);
    }
  }
}
