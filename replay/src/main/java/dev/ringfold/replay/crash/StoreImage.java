// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything a disk may hold of a store after a loss of power.
 *
 * @param segments by number
 * @param durableManifest the manifest whose directory entry was forced last
 * @param latestManifest the one renamed last; either may be found
 */
record StoreImage(
    TreeMap<Long, Segment> segments, FileImage durableManifest, FileImage latestManifest) {

  /**
   * One segment's folder.
   *
   * @param forced the journal file as it was forced; null when it never was
   * @param latest the journal file as it was written; null when there is none yet
   * @param companions the other files
   * @param durableFolder whether the folder's own entry was forced
   * @param durableCompanions whether the other files were
   */
  record Segment(
      @Nullable FileImage forced,
      @Nullable FileImage latest,
      Map<String, FileImage> companions,
      boolean durableFolder,
      boolean durableCompanions) {}

  /** Writes one possible state of the disk; which one follows from the seed. */
  void write(Path store, long seed) {
    PageMixer mixer = new PageMixer(new SplittableRandom(seed));
    try {
      directory(store);
      directory(SegmentFiles.journal(store));
      (mixer.flip() ? durableManifest : latestManifest).write(ManifestFile.path(store));
      for (Map.Entry<Long, Segment> each : segments.entrySet()) {
        if (each.getValue().durableFolder || mixer.flip()) {
          writeSegment(SegmentFiles.folder(store, each.getKey()), each.getValue(), mixer);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write an image to " + store, e);
    }
  }

  private static void writeSegment(Path folder, Segment segment, PageMixer mixer)
      throws IOException {
    directory(folder);
    FileImage latest = segment.latest;
    if (latest != null && (segment.durableFolder || mixer.flip())) {
      FileImage forced = segment.forced == null ? FileImage.EMPTY : segment.forced;
      mixer.mix(forced, latest).write(SegmentFiles.queueFile(folder));
    }
    for (Map.Entry<String, FileImage> companion : segment.companions.entrySet()) {
      boolean derived = companion.getKey().equals(SegmentFiles.METADATA_FILE);
      if (segment.durableCompanions && !derived || mixer.flip()) {
        FileImage image =
            derived ? mixer.mix(FileImage.EMPTY, companion.getValue()) : companion.getValue();
        image.write(folder.resolve(companion.getKey()));
      }
    }
  }

  private static void directory(Path directory) throws IOException {
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
