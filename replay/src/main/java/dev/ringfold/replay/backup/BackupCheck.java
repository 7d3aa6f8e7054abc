// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.replay.Finding;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.Severity;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Verifies a chain of backups. Used once. */
final class BackupCheck {
  private final Path directory;
  private final List<StoredBackup> chain;
  private final WorkProgress progress;

  BackupCheck(Path directory, List<StoredBackup> chain, WorkProgress progress) {
    this.progress = progress;
    this.directory = directory;
    this.chain = chain;
  }

  BackupCheckReport check(boolean quick) {
    final long begun = System.nanoTime();
    long bytes = 0;
    for (StoredBackup backup : chain) {
      bytes += backup.checkHashes();
    }
    List<String> ids = chain.stream().map(backup -> backup.description().id()).toList();
    long events = quick ? 0 : open(ids.get(ids.size() - 1));
    return new BackupCheckReport(ids, bytes, !quick, events, System.nanoTime() - begun);
  }

  /** Restores into a scratch directory, verifies that store and opens it for writing. */
  private long open(String id) {
    new BackupSet(directory).sweepScratch();
    Path scratch = directory.resolve(Places.scratchName());
    try {
      RestoreReport restored = new Restore(chain, scratch, progress).to(new Point.End());
      VerifyReport verified = JournalVerifier.verify(scratch, false, progress);
      for (Finding finding : verified.findings()) {
        if (finding.severity() == Severity.ERROR) {
          throw new CorruptBackupException(
              chain.get(chain.size() - 1).path(), id, "a store without damage", finding.toText());
        }
      }
      requireBlobs(scratch, id);
      try (EventLog log =
          EventLog.builder(scratch).environment(Map.of()).createIfMissing(false).build()) {
        if (log.lastSequence() < restored.lastSequence()) {
          throw new CorruptBackupException(
              chain.get(chain.size() - 1).path(),
              id,
              "events up to " + restored.lastSequence(),
              "events up to " + log.lastSequence());
        }
      }
      return restored.events();
    } finally {
      DirectoryTree.delete(scratch);
    }
  }

  /** Hashes say nothing about a blob that is not there. */
  private void requireBlobs(Path restored, String id) {
    try (EventLogReader log = EventLogReader.open(restored, EventTypes.builtin());
        CheckpointReader checkpoints = CheckpointReader.open(log)) {
      List<String> problems = List.copyOf(checkpoints.incomplete().values());
      if (!problems.isEmpty()) {
        throw new CorruptBackupException(
            chain.get(chain.size() - 1).path(),
            id,
            "the blobs of all checkpoints and states at its end",
            problems.get(0));
      }
    }
  }
}
