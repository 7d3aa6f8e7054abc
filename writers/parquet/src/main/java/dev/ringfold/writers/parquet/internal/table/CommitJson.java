// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.projections.Position;
import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.ColumnType;
import dev.ringfold.writers.parquet.internal.part.RowHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The text of a commit file: JSON in one fixed form, so that equal commits are equal bytes. UTF-8,
 * each line ends with LF:
 *
 * <pre>
 * {"format":1,
 * "projection":"metrics","version":1,
 * "sequence":1234,"frameCrc":"0badcafe",
 * "storeId":"0123456789abcdef0123456789abcdef",
 * "configuration":"codec=zstd;...",
 * "schema":[
 * {"name":"seq","fieldId":1,"type":"INT64","required":true,"metric":""},
 * ...
 * {"name":"loss","fieldId":24,"type":"DOUBLE","required":false,"metric":"loss"}],
 * "parts":[
 * {"name":"part-00000000000000000007.parquet","rows":2,"bytes":2048,"firstSequence":7,
 *   "lastSequence":8,"sha256":"...","rowHash":"..."}],          (on one line)
 * "rows":2,"bytes":2048,"rowHash":"...",
 * "crc32c":"01234567"}
 * </pre>
 *
 * {@code frameCrc} is the CRC32C of the journal's frame with the last event consumed; {@code
 * crc32c} is of all bytes before the last line. {@code rows}, {@code bytes} and {@code rowHash} are
 * sums over the parts. The reader takes exactly what the writer writes and nothing else.
 */
final class CommitJson {
  static final int FORMAT = 1;

  private static final String END = "\"crc32c\":\"";
  private static final int CRC_DIGITS = 8;
  private static final int END_LENGTH = END.length() + CRC_DIGITS + 3;

  private CommitJson() {}

  static byte[] format(TableCommit commit) {
    StringBuilder out = new StringBuilder(1_024 + commit.parts().size() * 256);
    out.append("{\"format\":").append(FORMAT).append(",\n\"projection\":");
    quote(out, commit.projection());
    out.append(",\"version\":").append(commit.version());
    out.append(",\n\"sequence\":").append(commit.position().sequence());
    out.append(",\"frameCrc\":\"").append(hex(commit.position().frameCrc()));
    out.append("\",\n\"storeId\":");
    quote(out, commit.storeId());
    out.append(",\n\"configuration\":");
    quote(out, commit.configuration());
    out.append(",\n\"schema\":[");
    for (int i = 0; i < commit.columns().size(); i++) {
      out.append(i == 0 ? "\n" : ",\n");
      column(out, commit.columns().get(i));
    }
    out.append("],\n\"parts\":[");
    for (int i = 0; i < commit.parts().size(); i++) {
      out.append(i == 0 ? "\n" : ",\n");
      part(out, commit.parts().get(i));
    }
    out.append("],\n\"rows\":").append(commit.rows());
    out.append(",\"bytes\":").append(commit.bytes());
    out.append(",\"rowHash\":\"").append(commit.rowHash()).append("\",\n");
    byte[] body = out.toString().getBytes(StandardCharsets.UTF_8);
    byte[] end = (END + hex(crc(body, body.length)) + "\"}\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = java.util.Arrays.copyOf(body, body.length + end.length);
    System.arraycopy(end, 0, all, body.length, end.length);
    return all;
  }

  private static void column(StringBuilder out, TableColumn column) {
    out.append("{\"name\":");
    quote(out, column.column().name());
    out.append(",\"fieldId\":").append(column.column().fieldId());
    out.append(",\"type\":\"").append(column.column().type());
    out.append("\",\"required\":").append(column.column().required());
    out.append(",\"metric\":");
    quote(out, column.metric());
    out.append('}');
  }

  private static void part(StringBuilder out, PartEntry part) {
    out.append("{\"name\":");
    quote(out, part.name());
    out.append(",\"rows\":").append(part.rows());
    out.append(",\"bytes\":").append(part.bytes());
    out.append(",\"firstSequence\":").append(part.firstSequence());
    out.append(",\"lastSequence\":").append(part.lastSequence());
    out.append(",\"sha256\":\"").append(part.sha256());
    out.append("\",\"rowHash\":\"").append(part.rowHash()).append("\"}");
  }

  /**
   * Reads a commit.
   *
   * @throws IllegalArgumentException saying where it is not what {@link #format} writes
   */
  static TableCommit parse(byte[] bytes) {
    int body = bytes.length - END_LENGTH;
    String found =
        new String(
            bytes, Math.max(0, body), bytes.length - Math.max(0, body), StandardCharsets.UTF_8);
    String expected = END + hex(crc(bytes, Math.max(0, body))) + "\"}\n";
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "expected the end " + expected.strip() + ", found " + found.strip());
    }
    TableCommit commit = read(new JsonCursor(new String(bytes, 0, body, StandardCharsets.UTF_8)));
    if (!java.util.Arrays.equals(bytes, format(commit))) {
      throw new IllegalArgumentException("not in the one form that is written");
    }
    return commit;
  }

  private static TableCommit read(JsonCursor in) {
    in.expect("{\"format\":");
    long format = in.number();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "expected format " + FORMAT + ", found " + format + "; a newer version wrote it");
    }
    String projection = in.expect(",\n\"projection\":").string();
    int version = Math.toIntExact(in.expect(",\"version\":").number());
    long sequence = in.expect(",\n\"sequence\":").number();
    int crc = HexFormat.fromHexDigits(in.expect(",\"frameCrc\":").string());
    String storeId = in.expect(",\n\"storeId\":").string();
    String configuration = in.expect(",\n\"configuration\":").string();
    List<TableColumn> columns = new ArrayList<>();
    in.expect(",\n\"schema\":[");
    while (in.take(columns.isEmpty() ? "\n{" : ",\n{")) {
      columns.add(column(in));
    }
    List<PartEntry> parts = new ArrayList<>();
    in.expect("],\n\"parts\":[");
    while (in.take(parts.isEmpty() ? "\n{" : ",\n{")) {
      parts.add(part(in));
    }
    in.expect("],\n\"rows\":");
    return new TableCommit(
        projection, version, new Position(sequence, crc), storeId, configuration, columns, parts);
  }

  private static TableColumn column(JsonCursor in) {
    String name = in.expect("\"name\":").string();
    int fieldId = Math.toIntExact(in.expect(",\"fieldId\":").number());
    ColumnType type = ColumnType.valueOf(in.expect(",\"type\":").string());
    in.expect(",\"required\":");
    boolean required = in.take("true");
    if (!required) {
      in.expect("false");
    }
    String metric = in.expect(",\"metric\":").string();
    in.expect("}");
    return new TableColumn(new Column(name, fieldId, type, required), metric);
  }

  private static PartEntry part(JsonCursor in) {
    String name = in.expect("\"name\":").string();
    long rows = in.expect(",\"rows\":").number();
    long bytes = in.expect(",\"bytes\":").number();
    long first = in.expect(",\"firstSequence\":").number();
    long last = in.expect(",\"lastSequence\":").number();
    String sha256 = in.expect(",\"sha256\":").string();
    RowHash hash = RowHash.parse(in.expect(",\"rowHash\":").string());
    in.expect("}");
    return new PartEntry(name, rows, bytes, first, last, sha256, hash);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
