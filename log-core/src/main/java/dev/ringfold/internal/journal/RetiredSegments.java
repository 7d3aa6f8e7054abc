// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.io.CheckedText;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The end of segments that retention deletes: their folders go, and the file {@code retired} keeps
 * what they were, since outputs derived from them are primary from then on. Append-only text, one
 * line per segment, each with its own checksum; a torn last line is passed over, because it is
 * written and forced before the manifest lets go of its segment.
 *
 * <pre>
 * ringfold-retired 1
 * number=&lt;number&gt; first=&lt;seq&gt; last=&lt;seq&gt; lastCrc=&lt;8 hex&gt; sha256=&lt;64 hex|-&gt; crc32c=&lt;8 hex&gt;
 * </pre>
 *
 * <p>The line's CRC32C is of its bytes before {@code " crc32c="}. Stateless; any thread reads, one
 * at a time writes.
 */
public final class RetiredSegments {
  /** Name inside the store. */
  public static final String FILE = "retired";

  private static final String HEADER = "ringfold-retired 1\n";
  private static final String CRC_KEY = " crc32c=";
  private static final long MAX_BYTES = 256L * SegmentFiles.MAX_SEGMENTS;

  /**
   * A segment that was deleted.
   *
   * @param sha256 hash of its frames in hex, or {@code -}
   */
  public record Retired(
      long number, long firstSequence, long lastSequence, int lastCrc, String sha256) {}

  private RetiredSegments() {}

  /** Adds lines and forces them. */
  public static void append(Path store, List<SegmentEntry> entries) {
    Path file = store.resolve(FILE);
    boolean fresh = Files.notExists(file);
    if (fresh) {
      StoreSecurity.createFile(file);
    }
    StringBuilder text = new StringBuilder();
    for (SegmentEntry entry : entries) {
      text.append(line(entry));
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = channel.size();
      String separator = end == 0 ? HEADER : endsWithNewline(channel, end) ? "" : "\n";
      ByteBuffer bytes = ByteBuffer.wrap((separator + text).getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        end += channel.write(bytes, end);
      }
      channel.force(true);
    } catch (IOException e) {
      throw FileFailure.of("cannot append to", file, e);
    }
    if (fresh) {
      DurableFile.forceDirectory(store);
    }
  }

  private static boolean endsWithNewline(FileChannel channel, long end) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    channel.read(last, end - 1);
    return last.get(0) == '\n';
  }

  private static String line(SegmentEntry entry) {
    String facts =
        "number="
            + entry.number()
            + " first="
            + entry.firstSequence()
            + " last="
            + entry.lastSequence()
            + " lastCrc="
            + hex(entry.lastCrc())
            + " sha256="
            + (entry.sha256() == null ? "-" : entry.sha256());
    return facts + CRC_KEY + hex(crc(facts)) + "\n";
  }

  /** Every segment that was deleted, ascending; lines that are torn are passed over. */
  public static List<Retired> list(Path store) {
    Path file = store.resolve(FILE);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("more than " + MAX_BYTES + " bytes");
      }
      TreeMap<Long, Retired> byNumber = new TreeMap<>();
      for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
        int end = line.lastIndexOf(CRC_KEY);
        if (end > 0 && line.substring(end + CRC_KEY.length()).equals(hex(crc(line, end)))) {
          Retired retired = parse(file, line.substring(0, end));
          byNumber.put(retired.number, retired);
        }
      }
      return new ArrayList<>(byNumber.values());
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
  }

  private static Retired parse(Path file, String facts) {
    List<String> words = List.of(facts.replace(" ", "\n").replace('=', ' ').split("\n"));
    String remedy = "It is for information; restore it from a backup";
    return new Retired(
        CheckedText.number(file, words, "number", remedy),
        CheckedText.number(file, words, "first", remedy),
        CheckedText.number(file, words, "last", remedy),
        Integer.parseUnsignedInt(CheckedText.value(file, words, "lastCrc", remedy), 16),
        CheckedText.value(file, words, "sha256", remedy));
  }

  /**
   * Deletes the folders of segments that the manifest on disk no longer names. A segment's file is
   * cut to nothing first, so that its blocks come back at once although readers have it open; not
   * when a fork has a link to it.
   */
  public static void delete(Path store, List<SegmentEntry> entries) {
    for (SegmentEntry entry : entries) {
      delete(store, entry.number());
    }
    if (!entries.isEmpty()) {
      DurableFile.forceDirectory(SegmentFiles.journal(store));
    }
  }

  /** Whether there are folders below the manifest's first segment. */
  public static boolean isLeftBelowFloor(Path store, Manifest manifest) {
    if (manifest.floorSequence() == 0 || manifest.segments().isEmpty()) {
      return false;
    }
    long[] present = SegmentFiles.present(store);
    return present.length > 0 && present[0] < manifest.segments().get(0).number();
  }

  /** Finishes what a crash interrupted: deletes folders below the manifest's first segment. */
  public static void deleteBelowFloor(Path store, Manifest manifest) {
    if (manifest.floorSequence() == 0 || manifest.segments().isEmpty()) {
      return;
    }
    long firstKept = manifest.segments().get(0).number();
    boolean any = false;
    for (long number : SegmentFiles.present(store)) {
      if (number < firstKept) {
        delete(store, number);
        any = true;
      }
    }
    if (any) {
      DurableFile.forceDirectory(SegmentFiles.journal(store));
    }
  }

  private static void delete(Path store, long number) {
    Path folder = SegmentFiles.folder(store, number);
    Path file = SegmentFiles.queueFile(folder);
    try {
      if (Files.exists(file) && linkCount(file) == 1) {
        StoreSecurity.restrict(file); // Sealed files are 0400.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(0);
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot cut", file, e);
    }
    FaultPoint.hit("retention.deleted");
    DirectoryTree.delete(folder);
  }

  private static int linkCount(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return Integer.MAX_VALUE; // Nobody can tell: leave the bytes to a fork that may have them.
    }
    return ((Number) Files.getAttribute(file, "unix:nlink")).intValue();
  }

  private static int crc(String text) {
    return crc(text, text.length());
  }

  private static int crc(String text, int length) {
    CRC32C crc = new CRC32C();
    crc.update(text.substring(0, length).getBytes(StandardCharsets.ISO_8859_1));
    return (int) crc.getValue();
  }

  private static String hex(int value) {
    return String.format(Locale.ROOT, "%08x", value);
  }
}
