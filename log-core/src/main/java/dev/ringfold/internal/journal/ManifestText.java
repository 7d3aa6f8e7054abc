// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreTooNewException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The manifest's text: UTF-8, lines end in LF, fields are separated by one space, in this order.
 *
 * <pre>
 * ringfold-manifest &lt;version&gt;
 * store &lt;32 hex&gt;
 * session &lt;n&gt;
 * state &lt;open|clean|failed&gt;
 * durable &lt;sequence or -1&gt;
 * floor &lt;sequence&gt;
 * lineage &lt;none | parent store 32 hex@sequence&gt;
 * ancestor &lt;store 32 hex@sequence&gt;      (one line each: the parent of that store, and so on)
 * name &lt;text&gt;                            (of a fork that has one)
 * segment &lt;number&gt; &lt;open|sealed&gt; first=&lt;sequence&gt; last=&lt;sequence|-&gt; frames=&lt;n|-&gt;
 *     length=&lt;bytes|-&gt; firstFrame=&lt;n&gt; previousCrc=&lt;8 hex&gt; lastCrc=&lt;8 hex|-&gt;
 *     begin=&lt;log time&gt; end=&lt;log time|-&gt; sha256=&lt;64 hex|-&gt;[ cut=yes]   (one line each)
 * crc32c &lt;8 hex, CRC32C of all bytes before this line&gt;
 * </pre>
 *
 * The version is 1 as long as there is no ancestor, name or cut segment, so that programs which do
 * not know these still read all other stores; 2 with one of them.
 *
 * <p>Numbers are decimal, as {@code Long.toString} writes them; log times are nanoseconds since
 * 1970.
 */
final class ManifestText {
  /** Newest version that this class reads and writes. */
  static final int VERSION = 2;

  /** Version of a manifest that says nothing that is new in version 2. */
  private static final int PLAIN_VERSION = 1;

  /** What to do about a damaged manifest; takes the store's path. */
  static final String REMEDY =
      "Run `ringfold repair %1$s`, which rebuilds the manifest from the frames, or restore a backup";

  private static final String TITLE = "ringfold-manifest ";
  private static final String ANCESTOR_KEY = "ancestor ";
  private static final String NAME_KEY = "name ";
  private static final String CUT = "cut=yes";
  private static final String CRC_KEY = "crc32c ";
  private static final int CRC_LINE_LENGTH = CRC_KEY.length() + 8 + 1;
  private static final String[] SEGMENT_KEYS = {
    "first",
    "last",
    "frames",
    "length",
    "firstFrame",
    "previousCrc",
    "lastCrc",
    "begin",
    "end",
    "sha256"
  };

  private final Path file;
  private final String[] lines;
  private int line;

  private ManifestText(Path file, String[] lines) {
    this.file = file;
    this.lines = lines;
  }

  /** The text of a manifest. */
  static String format(Manifest manifest) {
    StringBuilder text = new StringBuilder(256 + 320 * manifest.segments().size());
    text.append(TITLE).append(versionOf(manifest)).append('\n');
    text.append("store ").append(manifest.storeId()).append('\n');
    text.append("session ").append(manifest.session()).append('\n');
    text.append("state ").append(manifest.state().name().toLowerCase(Locale.ROOT)).append('\n');
    text.append("durable ").append(manifest.durableSequence()).append('\n');
    text.append("floor ").append(manifest.floorSequence()).append('\n');
    Manifest.Lineage lineage = manifest.lineage();
    text.append("lineage ").append(lineage == null ? "none" : formatLineage(lineage)).append('\n');
    for (int i = 1; i < manifest.ancestry().size(); i++) {
      text.append(ANCESTOR_KEY).append(formatLineage(manifest.ancestry().get(i))).append('\n');
    }
    if (!manifest.name().isEmpty()) {
      text.append(NAME_KEY).append(manifest.name()).append('\n');
    }
    for (SegmentEntry entry : manifest.segments()) {
      formatSegment(text, entry);
    }
    CRC32C crc = new CRC32C();
    crc.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return text.append(CRC_KEY).append(hex((int) crc.getValue())).append('\n').toString();
  }

  private static int versionOf(Manifest manifest) {
    boolean plain =
        manifest.ancestry().size() <= 1
            && manifest.name().isEmpty()
            && manifest.segments().stream().noneMatch(SegmentEntry::cut);
    return plain ? PLAIN_VERSION : VERSION;
  }

  private static String formatLineage(Manifest.Lineage lineage) {
    return lineage.parentStoreId() + '@' + lineage.sequence();
  }

  private static void formatSegment(StringBuilder text, SegmentEntry entry) {
    text.append("segment ").append(entry.number());
    text.append(entry.sealed() ? " sealed" : " open");
    text.append(" first=").append(entry.firstSequence());
    text.append(" last=").append(number(entry.lastSequence()));
    text.append(" frames=").append(number(entry.frames()));
    text.append(" length=").append(number(entry.length()));
    text.append(" firstFrame=").append(entry.firstFrame());
    text.append(" previousCrc=").append(hex(entry.previousCrc()));
    text.append(" lastCrc=").append(entry.sealed() ? hex(entry.lastCrc()) : "-");
    text.append(" begin=").append(entry.beginNanos());
    text.append(" end=").append(number(entry.endNanos()));
    text.append(" sha256=").append(entry.sha256() == null ? "-" : entry.sha256());
    text.append(entry.cut() ? " " + CUT : "").append('\n');
  }

  /** Reads a manifest's bytes; {@code file} is named in errors. */
  static Manifest parse(Path file, byte[] bytes) {
    int body = bytes.length - CRC_LINE_LENGTH;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, Math.max(0, body));
    String last = CRC_KEY + hex((int) crc.getValue()) + '\n';
    boolean crcValid =
        body > 0
            && last.equals(new String(bytes, body, CRC_LINE_LENGTH, StandardCharsets.ISO_8859_1));
    String[] lines =
        new String(bytes, 0, Math.max(0, body), StandardCharsets.ISO_8859_1).split("\n", -1);
    ManifestText text = new ManifestText(file, lines);
    if (!crcValid) {
      throw text.damaged(
          "the last line must be '" + last.strip() + "'; the file is damaged or cut short");
    }
    return text.parse();
  }

  private Manifest parse() {
    parseVersion(next());
    final String store = value("store ");
    final long session = decimal(value("session "));
    final Manifest.State state = state(value("state "));
    final long durable = decimal(value("durable "));
    final long floor = decimal(value("floor "));
    final List<Manifest.Lineage> ancestry = ancestry(lineage(value("lineage ")));
    final String name = peek(NAME_KEY) ? utf8(value(NAME_KEY)) : "";
    List<SegmentEntry> segments = new ArrayList<>();
    while (line < lines.length - 1) {
      if (segments.size() == SegmentFiles.MAX_SEGMENTS) {
        throw damaged("there are more than " + SegmentFiles.MAX_SEGMENTS + " segments");
      }
      segments.add(segment(next()));
    }
    if (line != lines.length - 1 || !lines[line].isEmpty()) {
      throw damaged("the line does not end in LF");
    }
    try {
      return new Manifest(store, session, state, durable, floor, ancestry, name, segments);
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private void parseVersion(String title) {
    String version = title.startsWith(TITLE) ? title.substring(TITLE.length()) : "";
    if (!version.matches("[1-9][0-9]{0,8}")) {
      throw damaged("expected '" + TITLE + VERSION + "' but found '" + shown(title) + "'");
    }
    if (Integer.parseInt(version) > VERSION) {
      throw new StoreTooNewException(
          "The store was written by a newer version: "
              + file
              + " has format version "
              + version
              + ", this program reads up to "
              + VERSION
              + ". Use a newer ringfold.");
    }
  }

  private Manifest.State state(String word) {
    for (Manifest.State state : Manifest.State.values()) {
      if (state.name().toLowerCase(Locale.ROOT).equals(word)) {
        return state;
      }
    }
    throw damaged("expected open, clean or failed but found '" + shown(word) + "'");
  }

  private List<Manifest.Lineage> ancestry(Manifest.@Nullable Lineage parent) {
    List<Manifest.Lineage> ancestry = new ArrayList<>();
    if (parent != null) {
      ancestry.add(parent);
      while (peek(ANCESTOR_KEY) && ancestry.size() <= Manifest.MAX_ANCESTORS) {
        ancestry.add(storeAtSequence(value(ANCESTOR_KEY)));
      }
    }
    return ancestry;
  }

  private Manifest.@Nullable Lineage lineage(String word) {
    return word.equals("none") ? null : storeAtSequence(word);
  }

  private Manifest.Lineage storeAtSequence(String word) {
    int at = word.indexOf('@');
    if (at < 0) {
      throw damaged("expected none or store@sequence but found '" + shown(word) + "'");
    }
    try {
      return new Manifest.Lineage(word.substring(0, at), decimal(word.substring(at + 1)));
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private SegmentEntry segment(String text) {
    String[] words = text.split(" ", -1);
    int plain = 3 + SEGMENT_KEYS.length;
    boolean cut = words.length == plain + 1 && words[plain].equals(CUT);
    if ((words.length != plain && !cut) || !words[0].equals("segment")) {
      throw damaged("expected 'segment' and its facts but found '" + shown(text) + "'");
    }
    boolean sealed = words[2].equals("sealed");
    if (!sealed && !words[2].equals("open")) {
      throw damaged("expected open or sealed but found '" + shown(words[2]) + "'");
    }
    String[] values = new String[SEGMENT_KEYS.length];
    for (int i = 0; i < values.length; i++) {
      String key = SEGMENT_KEYS[i] + '=';
      if (!words[3 + i].startsWith(key)) {
        throw damaged("expected " + key + " but found '" + shown(words[3 + i]) + "'");
      }
      values[i] = words[3 + i].substring(key.length());
    }
    try {
      return new SegmentEntry(
          decimal(words[1]),
          sealed,
          decimal(values[0]),
          decimalOrUnknown(values[1]),
          decimalOrUnknown(values[2]),
          decimalOrUnknown(values[3]),
          decimal(values[4]),
          crc(values[5]),
          sealed ? crc(values[6]) : openCrc(values[6]),
          decimal(values[7]),
          decimalOrUnknown(values[8]),
          values[9].equals("-") ? null : values[9],
          cut);
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private long decimalOrUnknown(String word) {
    return word.equals("-") ? SegmentEntry.UNKNOWN : decimal(word);
  }

  private long decimal(String word) {
    try {
      long value = Long.parseLong(word);
      if (value != SegmentEntry.UNKNOWN && Long.toString(value).equals(word)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw damaged("expected a number but found '" + shown(word) + "'");
    }
    throw damaged("expected a plain number but found '" + shown(word) + "'");
  }

  private int crc(String word) {
    if (!word.matches("[0-9a-f]{8}")) {
      throw damaged("expected 8 hex digits but found '" + shown(word) + "'");
    }
    return Integer.parseUnsignedInt(word, 16);
  }

  private int openCrc(String word) {
    if (!word.equals("-")) {
      throw damaged("expected - for an open segment but found '" + shown(word) + "'");
    }
    return 0;
  }

  private String value(String key) {
    String text = next();
    if (!text.startsWith(key)) {
      throw damaged("expected '" + key.strip() + "' but found '" + shown(text) + "'");
    }
    return text.substring(key.length());
  }

  private boolean peek(String key) {
    return line < lines.length - 1 && lines[line].startsWith(key);
  }

  /** The lines were split as ISO 8859-1, which keeps every byte. */
  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private String next() {
    if (line >= lines.length - 1) {
      throw damaged("the manifest ends early");
    }
    return lines[line++];
  }

  private CorruptJournalException damaged(String problem) {
    Path parent = file.toAbsolutePath().getParent();
    return new CorruptJournalException(
        file,
        -1,
        0,
        "line " + Math.max(1, line) + ": " + problem,
        REMEDY.formatted(parent == null ? file : parent));
  }

  private static String number(long value) {
    return value == SegmentEntry.UNKNOWN ? "-" : Long.toString(value);
  }

  private static String hex(int crc) {
    return String.format(Locale.ROOT, "%08x", crc);
  }

  private static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
