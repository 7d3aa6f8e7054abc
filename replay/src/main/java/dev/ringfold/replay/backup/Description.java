// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.Manifest;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a backup says about itself; {@link DescriptionText} writes and reads it.
 *
 * @param before the chain in front of its first frame
 * @param after the chain behind its last frame
 * @param lastSegment segment of the last frame
 * @param lastOffset file offset of the last frame's document in the store, for the next backup
 * @param schemas content of the store's file {@code schemas}, empty when it has none
 */
record Description(
    String id,
    @Nullable String parent,
    String storeId,
    List<Manifest.Lineage> ancestry,
    Instant created,
    ChainState before,
    ChainState after,
    long lastSegment,
    long lastOffset,
    String schemas,
    List<Frames> frames,
    List<Blob> blobs) {

  /** The name of the file with the description. */
  static final String FILE = "backup.json";

  /** Names of backups, and so of their directories. */
  static final Pattern ID = Pattern.compile("([0-9]{6,9})-(full|incremental)");

  static final String BLOBS = "blobs/";

  /** Most files of one backup. */
  static final int MAX_FILES = 4_000_000;

  private static final Pattern FRAMES_NAME = Pattern.compile("frames-[0-9]{19}\\.zst");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /**
   * A file with frames of one segment.
   *
   * @param frames how many
   * @param frameBytes their bytes, each with the 4 bytes of its length
   * @param cutAt the last sequence of a fork's part of its last frame, which holds more; -1 for
   *     none
   * @param bytes of the file
   */
  record Frames(
      String name,
      long segment,
      long frames,
      long frameBytes,
      long cutAt,
      long bytes,
      String sha256) {
    Frames {
      require(FRAMES_NAME.matcher(name).matches(), "name of a frames file", name);
      require(HASH.matcher(sha256).matches(), "SHA-256", sha256);
      require(segment >= 0 && frames > 0 && frameBytes > 0 && bytes > 0, "numbers of", name);
      require(cutAt >= -1, "cut of", name);
    }

    static String nameOf(long firstFrame) {
      return String.format(Locale.ROOT, "frames-%019d.zst", firstFrame);
    }
  }

  /** A blob; the file {@code blobs/<sha256>}. */
  record Blob(String sha256, long bytes) {
    Blob {
      require(HASH.matcher(sha256).matches(), "SHA-256 of a blob", sha256);
      require(bytes >= 0, "length of blob", sha256);
    }

    String name() {
      return BLOBS + sha256;
    }
  }

  /** Checks what the parts say against each other. */
  Description {
    require(ID.matcher(id).matches(), "backup id", id);
    require(parent == null || ID.matcher(parent).matches(), "parent id", String.valueOf(parent));
    require(parent != null == id.endsWith("-incremental"), "kind of", id);
    ancestry = List.copyOf(ancestry);
    frames = List.copyOf(frames);
    blobs = List.copyOf(blobs);
    require(frames.size() + blobs.size() < MAX_FILES, "number of files of", id);
    Set<String> names = new HashSet<>();
    long count = 0;
    for (Frames file : frames) {
      require(names.add(file.name()), "second file", file.name());
      count += file.frames();
    }
    for (Blob blob : blobs) {
      require(names.add(blob.name()), "second file", blob.name());
    }
    require(count == after.frameNumber() - before.frameNumber(), "number of frames", "" + count);
    require(after.nextSequence() >= before.nextSequence(), "range of sequences of", id);
  }

  private static void require(boolean condition, String what, String value) {
    if (!condition) {
      throw new IllegalArgumentException("impossible " + what + " " + value);
    }
  }

  /** The first sequence that it brings. */
  long firstSequence() {
    return before.nextSequence();
  }

  /** The newest sequence that it has. */
  long lastSequence() {
    return after.nextSequence() - 1;
  }

  /** Bytes of all its files but the description. */
  long fileBytes() {
    return frames.stream().mapToLong(Frames::bytes).sum()
        + blobs.stream().mapToLong(Blob::bytes).sum();
  }
}
