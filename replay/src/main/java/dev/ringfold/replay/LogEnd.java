// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.EventLogReader;
import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentScan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a store ends at this moment. The manifest knows it for sealed segments; one that is open is
 * read, checksums included, while a writer may go on writing it.
 *
 * @param lastSequence newest sequence that can be read, -1 when there is none
 * @param durableSequence newest sequence that manifest or frames call durable, -1 when none
 * @param open what was found in segments that are not sealed, by segment number
 */
public record LogEnd(long lastSequence, long durableSequence, Map<Long, ScanResult> open) {

  /** The end of the store that is open for reading. */
  public static LogEnd of(EventLogReader log) {
    return of(log.directory(), ManifestFile.read(log.directory()));
  }

  /** The end of a store, by its directory and its manifest. */
  public static LogEnd of(Path store, Manifest manifest) {
    List<SegmentEntry> segments = manifest.segments();
    Map<Long, ScanResult> open = new LinkedHashMap<>();
    long last = -1;
    long durable = manifest.durableSequence();
    for (SegmentEntry entry : segments) {
      if (entry.sealed()) {
        last = Math.max(last, entry.lastSequence());
        continue;
      }
      ScanResult result = scan(store, entry);
      if (result != null) {
        open.put(entry.number(), result);
        last = Math.max(last, result.lastSequence());
        durable = Math.max(durable, result.durableSequence());
      }
    }
    return new LogEnd(last, durable, open);
  }

  private static @Nullable ScanResult scan(Path store, SegmentEntry entry) {
    Path file = SegmentFiles.queueFile(store, entry.number());
    try {
      return SegmentScan.scan(file, entry.before());
    } catch (StoreAccessException e) {
      if (Files.exists(file)) {
        throw e;
      }
      return null;
    }
  }
}
