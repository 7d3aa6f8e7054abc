// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.keys.KeyEntries;
import dev.ringfold.internal.keys.KeyFile;
import dev.ringfold.internal.ring.KeysAndTags;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Compares the files {@code keys} and {@code tags} of a sealed segment with its events: every keyed
 * or tagged event is in them, and nothing else. One thread, one segment.
 */
final class KeysCheck {
  private final KeysAndTags expected = new KeysAndTags();
  private boolean complete = true;

  /**
   * Sees each frame of the segment in order.
   *
   * @param sound whether its events fit it
   */
  void visit(FrameReader frame, boolean sound) {
    complete &= sound;
    if (sound) {
      expected.visit(frame);
    }
  }

  /** The segment's frames do not end where they should: its keys are not known. */
  void cut() {
    complete = false;
  }

  /** After the last frame: checks both files. */
  void check(SegmentEntry entry, String storeId, Path folder, Findings findings) {
    Path keys = SegmentFiles.keysFile(folder);
    Path tags = SegmentFiles.tagsFile(folder);
    check(entry, storeId, keys, KeyFile.Content.KEYS, expected.keys(), findings);
    check(entry, storeId, tags, KeyFile.Content.CONDITIONS, expected.tags(), findings);
  }

  private void check(
      SegmentEntry entry,
      String storeId,
      Path file,
      KeyFile.Content content,
      KeyEntries wanted,
      Findings findings) {
    String problem = problem(entry, storeId, file, content, wanted);
    if (problem != null) {
      findings.add(
          Severity.WARNING,
          file,
          -1,
          problem,
          "Delete it; the log makes it again from the frames at the next open for writing");
    }
  }

  private @Nullable String problem(
      SegmentEntry entry, String storeId, Path file, KeyFile.Content content, KeyEntries wanted) {
    if (!Files.exists(file)) {
      if (entry.cut()) {
        return null; // A fork makes it when it is opened for writing first.
      }
      return "the file of the segment's " + file.getFileName() + " is missing";
    }
    try (KeyFile keys = KeyFile.open(file)) {
      boolean own =
          keys.content() == content
              && keys.segment() == entry.number()
              && keys.storeIdHex().equals(storeId)
              && keys.firstSequence() == entry.firstSequence()
              && keys.endSequence() == entry.lastSequence() + 1;
      if (!own) {
        return "the file holds the keys of another segment";
      }
      if (!complete) {
        keys.verify();
        return null;
      }
      return keys.difference(wanted);
    } catch (CorruptJournalException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
