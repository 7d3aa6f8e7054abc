// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects findings up to a bound. One thread. */
final class Findings {
  /** What to do when something derived is wrong. */
  private final String repair;

  /** What to do when frames are gone. */
  private final String restore;

  private final Path store;
  private final List<Finding> list = new ArrayList<>();
  private boolean full;

  Findings(Path store) {
    this.store = store;
    this.repair = "Run `ringfold repair " + store + "`";
    this.restore =
        "Restore the segment from a backup; frames cannot be repaired. `ringfold tail "
            + store
            + "` shows what is readable";
  }

  /** Bytes or facts that were promised are damaged or missing, and only a backup has them. */
  void lost(Path file, long offset, long firstBadSequence, String text) {
    add(new Finding(Severity.ERROR, file, offset, firstBadSequence, text, restore));
  }

  /** Something that repair can make again from the frames. */
  void derived(Severity severity, Path file, long offset, String text) {
    add(new Finding(severity, file, offset, -1, text, repair));
  }

  /** Something else. */
  void add(Severity severity, Path file, long offset, String text, String remedy) {
    add(new Finding(severity, file, offset, -1, text, remedy));
  }

  /** Adds a finding, or notes once that there are too many. */
  void add(Finding finding) {
    if (list.size() < JournalVerifier.MAX_FINDINGS) {
      list.add(finding);
    } else if (!full) {
      full = true;
      String text = "there are more findings than " + JournalVerifier.MAX_FINDINGS;
      list.set(
          list.size() - 1,
          new Finding(Severity.ERROR, store, -1, -1, text, "Begin with the first ones"));
    }
  }

  /** Adds all of another collection. */
  void addAll(Findings other) {
    other.list.forEach(this::add);
  }

  /** Whether one of them is worse than a note. */
  boolean anyProblem() {
    return list.stream().anyMatch(finding -> finding.severity() != Severity.NOTE);
  }

  List<Finding> list() {
    return list;
  }
}
