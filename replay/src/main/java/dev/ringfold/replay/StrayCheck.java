// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks for files that do not belong: segments the manifest does not name, foreign and unfinished.
 */
final class StrayCheck {
  private final Path store;
  private final Findings findings;

  StrayCheck(Path store, Findings findings) {
    this.store = store;
    this.findings = findings;
  }

  /** Compares the segment folders on disk with the manifest. */
  void check(Manifest manifest, long[] present) {
    for (long number : present) {
      if (manifest.segment(number) == null) {
        stray(manifest, number);
      }
    }
    foreign();
    unfinished();
  }

  private void stray(Manifest manifest, long number) {
    Path folder = SegmentFiles.folder(store, number);
    SegmentEntry last = manifest.lastSegment();
    SegmentEntry first = last == null ? null : manifest.segments().get(0);
    if (first != null && number < first.number()) {
      findings.add(
          Severity.NOTE,
          folder,
          -1,
          "the segment is below the floor: retention has not finished deleting it",
          "Nothing to do: the next retention deletes it");
    } else if (last != null && number < last.number()) {
      findings.add(
          Severity.WARNING,
          folder,
          -1,
          "the manifest does not name this segment, and the chain is whole without it",
          "Move it out of the store");
    } else if (manifest.state() == Manifest.State.OPEN) {
      findings.add(
          Severity.NOTE,
          folder,
          -1,
          "the segment is prepared, or was begun and not yet named",
          "Nothing to do: a log is at work, or the next open for writing decides");
    } else {
      findings.derived(Severity.WARNING, folder, -1, "the manifest does not name this segment");
    }
  }

  private void foreign() {
    Path journal = SegmentFiles.journal(store);
    if (!Files.isDirectory(journal)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(journal)) {
      for (Path file : files) {
        if (SegmentFiles.segmentOf(String.valueOf(file.getFileName())) < 0) {
          findings.add(
              Severity.WARNING, file, -1, "this is no segment", "Move it out of the store");
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot list", journal, e);
    }
  }

  private void unfinished() {
    Path temporary = store.resolve(ManifestFile.TEMPORARY_DIRECTORY);
    if (!Files.isDirectory(temporary)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary)) {
      for (Path file : files) {
        findings.add(
            Severity.NOTE,
            file,
            -1,
            "an unfinished file of a writer that is at work or died",
            "Nothing to do: the next open for writing deletes it");
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot list", temporary, e);
    }
  }
}
