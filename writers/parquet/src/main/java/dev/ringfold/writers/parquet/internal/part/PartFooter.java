// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * The end of a part: column and offset indexes, footer, footer length, magic.
 *
 * <p>Parquet lists a chunk's encodings in the order of a hash set of enum constants, which differs
 * from one JVM to the next; {@link #seal} sorts them, so that equal rows give equal files. It also
 * adds two entries to the footer's key-values: {@code ringfold.part.indexCrc32c}, the CRC32C of the
 * bytes between the last page and the footer, and, as the last one, {@code
 * ringfold.part.footerCrc32c}, the CRC32C of the footer as it is with eight zeros in this value's
 * place. With the CRC of every column chunk (see {@link PartWriter}) each byte of a part is under a
 * checksum.
 */
final class PartFooter {
  /** The first and the last four bytes of a Parquet file. */
  static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /** Footer length and magic. */
  static final int TAIL_BYTES = Integer.BYTES + MAGIC.length;

  static final String INDEX_CRC = PartWriter.RESERVED_PREFIX + "indexCrc32c";
  static final String FOOTER_CRC = PartWriter.RESERVED_PREFIX + "footerCrc32c";

  private static final String NO_CRC = "00000000";

  /** A compact Thrift string is its length in one byte, here 8, and its bytes. */
  private static final byte[] MARK = mark();

  private PartFooter() {}

  private static byte[] mark() {
    // The key, the header of field 2 of the key-value, and the length of the value.
    byte[] key = FOOTER_CRC.getBytes(StandardCharsets.UTF_8);
    byte[] mark = new byte[key.length + 2];
    System.arraycopy(key, 0, mark, 0, key.length);
    mark[key.length] = 0x18;
    mark[key.length + 1] = (byte) NO_CRC.length();
    return mark;
  }

  /** The bytes to write in place of those that Parquet's writer made. */
  static byte[] seal(byte[] trailer) throws IOException {
    int length = littleEndianInt(trailer, trailer.length - TAIL_BYTES);
    int start = trailer.length - TAIL_BYTES - length;
    FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(trailer, start, length));
    normalise(footer);
    CRC32C indexes = new CRC32C();
    indexes.update(trailer, 0, start);
    List<KeyValue> entries = new ArrayList<>(footer.getKey_value_metadata());
    entries.add(entry(INDEX_CRC, hex((int) indexes.getValue())));
    entries.add(entry(FOOTER_CRC, NO_CRC));
    footer.setKey_value_metadata(entries);
    byte[] sealed = serialize(footer);
    int place = crcPlace(sealed);
    String crc = hex(crc(sealed, place));
    System.arraycopy(crc.getBytes(StandardCharsets.US_ASCII), 0, sealed, place, NO_CRC.length());
    return ByteBuffer.allocate(start + sealed.length + TAIL_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(trailer, 0, start)
        .put(sealed)
        .putInt(sealed.length)
        .put(MAGIC)
        .array();
  }

  /**
   * Checks a footer against its own CRC; returns what is wrong, or an empty text when nothing is.
   */
  static String problem(byte[] footer) {
    int place = crcPlace(footer);
    if (place < 0) {
      return "its footer has no entry " + FOOTER_CRC + ", so no part writer has finished it";
    }
    String stated = new String(footer, place, NO_CRC.length(), StandardCharsets.US_ASCII);
    String found = hex(crc(footer, place));
    return stated.equals(found)
        ? ""
        : "the CRC32C of its footer should be " + stated + " but is " + found;
  }

  static String hex(int crc) {
    return String.format(Locale.ROOT, "%08x", crc);
  }

  static int littleEndianInt(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }

  private static void normalise(FileMetaData footer) {
    for (RowGroup group : footer.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        ColumnMetaData column = chunk.getMeta_data();
        TreeSet<Encoding> encodings = new TreeSet<>(column.getEncodings());
        encodings.add(Encoding.RLE);
        column.setEncodings(new ArrayList<>(encodings));
        for (PageEncodingStats stats : column.getEncoding_stats()) {
          if (stats.getPage_type() == PageType.DATA_PAGE) {
            stats.setPage_type(PageType.DATA_PAGE_V2);
          }
        }
      }
    }
  }

  private static KeyValue entry(String key, String value) {
    KeyValue entry = new KeyValue(key);
    entry.setValue(value);
    return entry;
  }

  private static byte[] serialize(FileMetaData footer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, out);
    return out.toByteArray();
  }

  /** CRC32C with zeros in place of the eight digits at {@code place}. */
  private static int crc(byte[] footer, int place) {
    CRC32C crc = new CRC32C();
    crc.update(footer, 0, place);
    crc.update(NO_CRC.getBytes(StandardCharsets.US_ASCII));
    int behind = place + NO_CRC.length();
    crc.update(footer, behind, footer.length - behind);
    return (int) crc.getValue();
  }

  /** Offset of the digits: behind the last mark, since no later field can hold one. */
  private static int crcPlace(byte[] footer) {
    for (int i = footer.length - MARK.length - NO_CRC.length(); i >= 0; i--) {
      int matched = 0;
      while (matched < MARK.length && footer[i + matched] == MARK[matched]) {
        matched++;
      }
      if (matched == MARK.length) {
        return i + MARK.length;
      }
    }
    return -1;
  }
}
