// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventLog;
import dev.ringfold.replay.backup.Backup.Form;
import dev.ringfold.replay.backup.Backups;
import java.nio.file.Path;

/** How long an incremental backup takes beside the full one before it. */
final class BackupTimes {
  /** One new row for so many old ones. */
  private static final long OLD_PER_NEW = 100;

  private BackupTimes() {}

  /** Arguments: seed, rows, checkpoints. Figures: fullNanos, moreNanos; both are verified. */
  static Figures run(ReplayKind kind, Path directory, Call call) throws Exception {
    Path store = directory.resolve(kind.label());
    MetricFeed feed;
    try (EventLog log = ReplayStore.open(store)) {
      feed = ReplayStore.fill(log, call);
    }
    Backups backups = Backups.open(directory.resolve("backups"));
    long start = System.nanoTime();
    backups.full(store, Form.DIRECTORY);
    long fullNanos = System.nanoTime() - start;
    try (EventLog log = ReplayStore.open(store)) {
      ReplayStore.fill(log, feed, feed.offered() + call.get("rows") / OLD_PER_NEW, 1);
    }
    start = System.nanoTime();
    backups.incremental(store, Form.DIRECTORY);
    long moreNanos = System.nanoTime() - start;
    backups.verify(Backups.NEWEST, false);
    return new Figures().put("fullNanos", fullNanos).put("moreNanos", moreNanos);
  }
}
