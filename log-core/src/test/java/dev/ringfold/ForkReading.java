// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** What can be read from a store, and what its files are, to compare stores with each other. */
public final class ForkReading {
  private ForkReading() {}

  /** Every event that can be read, by sequence: a checksum of its bytes and its log time. */
  public static TreeMap<Long, String> events(Path store) {
    try (EventLogReader reader = EventLogReader.open(store, EventTypes.builtin())) {
      return events(reader.tailer().fromSequence(reader.floorSequence()));
    }
  }

  /** Every event that a tailer gives out. */
  public static TreeMap<Long, String> events(Tailer.Builder tailers) {
    TreeMap<Long, String> events = new TreeMap<>();
    try (Tailer tailer = tailers.open()) {
      tailer.poll(
          event -> {
            CRC32C crc = new CRC32C();
            crc.update(event.eventBytes());
            events.put(
                event.sequence(),
                event.stream().name() + " " + event.logTimeNanos() + " " + crc.getValue());
          },
          Integer.MAX_VALUE);
    }
    return events;
  }

  /** SHA-256 of the queue file of every sealed segment that is not cut, by number. */
  public static Map<Long, String> sealedHashes(Path store) throws IOException {
    Manifest manifest = ManifestFile.read(store);
    Map<Long, String> hashes = new TreeMap<>();
    for (SegmentEntry entry : manifest.segments()) {
      if (entry.sealed() && !entry.cut()) {
        hashes.put(entry.number(), sha256(SegmentFiles.queueFile(store, entry.number())));
      }
    }
    return hashes;
  }

  /** SHA-256 of a file in hex. */
  public static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
