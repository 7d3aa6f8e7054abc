// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import dev.ringfold.writers.parquet.Compression;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.Version;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.schema.MessageType;

/**
 * Writes one Parquet file, column by column straight from {@link ColumnBatch} arrays. Belongs to
 * one thread.
 *
 * <p>Layout: row groups of at most 131,072 rows; data pages of version 2 of 16,384 rows (131,072
 * for BYTE_STREAM_SPLIT), each with Parquet's CRC32; statistics, column index and offset index for
 * each column. Integers are differences (DELTA_BINARY_PACKED) or, when few-valued, a dictionary;
 * texts a dictionary, or plain when they hardly repeat; doubles a dictionary when it pays, else
 * plain or, in profile COMPACT, BYTE_STREAM_SPLIT. A column without any value has empty plain
 * pages. A chunk with a NaN has no minimum and maximum, and a zero bound has the sign that makes
 * the range wider.
 *
 * <p>Equal rows and options give equal bytes, in every JVM, for equal versions of Parquet and of
 * the codec; gzip depends on the JDK's zlib.
 *
 * <p>Key-values of the footer, besides the caller's, all with the prefix {@value #RESERVED_PREFIX}:
 * {@code format} (1), {@code rows}, {@code rowHash} (see {@link RowHash}), {@code rowHashes} (one
 * per row group, separated by commas), {@code chunkCrc32c} (per row group, separated by commas,
 * eight hexadecimal digits for each column: CRC32C of the chunk's bytes with its page headers),
 * {@code firstSequence} and {@code lastSequence} (smallest and largest {@code seq}), {@code
 * compression} (codec and level), {@code profile}, {@code libraries} (their versions), and the two
 * of {@link PartFooter}.
 */
public final class PartWriter implements Closeable {
  /** Most rows of a row group. */
  public static final int GROUP_ROWS = 131_072;

  /** Most row groups of a file. */
  public static final int MAX_GROUPS = 4_096;

  /** Keys of a footer that begin so belong to this class. */
  public static final String RESERVED_PREFIX = "ringfold.part.";

  static final String FORMAT = RESERVED_PREFIX + "format";
  static final String FORMAT_VERSION = "1";
  static final String ROWS = RESERVED_PREFIX + "rows";
  static final String ROW_HASH = RESERVED_PREFIX + "rowHash";
  static final String ROW_HASHES = RESERVED_PREFIX + "rowHashes";
  static final String CHUNK_CRC = RESERVED_PREFIX + "chunkCrc32c";
  static final String FIRST_SEQUENCE = RESERVED_PREFIX + "firstSequence";
  static final String LAST_SEQUENCE = RESERVED_PREFIX + "lastSequence";

  private final Path file;
  private final TableSchema schema;
  private final WriteOptions options;
  private final PartOutput output;
  private final PageCodec codec;
  private final ParquetFileWriter parquet;
  private final ChunkWriter chunks;
  private final List<ColumnDescriptor> descriptors;
  private final RowHasher hasher = new RowHasher();
  private final List<String> groupHashes = new ArrayList<>();
  private final List<String> groupCrcs = new ArrayList<>();
  private RowHash rowHash = RowHash.NONE;
  private long rows;
  private long firstSequence = Long.MAX_VALUE;
  private long lastSequence = Long.MIN_VALUE;
  private boolean finished;
  private boolean closed;

  private PartWriter(Path file, TableSchema schema, WriteOptions options, PartOutput output)
      throws IOException {
    MessageType message = schema.toParquet();
    this.file = file;
    this.schema = schema;
    this.options = options;
    this.output = output;
    this.descriptors = message.getColumns();
    this.codec = PartCodecs.forWriting(options.compression(), options.level());
    this.parquet =
        new ParquetFileWriter(
            output,
            message,
            ParquetFileWriter.Mode.CREATE,
            ParquetWriter.DEFAULT_BLOCK_SIZE,
            0,
            ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
            true);
    this.chunks = new ChunkWriter(parquet, codec, options.profile());
    parquet.start();
    output.takeCrc();
  }

  /**
   * Writes a whole file of some rows of a batch.
   *
   * @param temp does not exist yet; is deleted again when this fails
   * @param from first row
   * @param to behind the last row
   * @param footer key-values for the footer
   */
  public static PartSummary write(
      Path temp,
      TableSchema schema,
      ColumnBatch batch,
      int from,
      int to,
      WriteOptions options,
      Map<String, String> footer)
      throws IOException {
    try (PartWriter writer = open(temp, schema, options)) {
      writer.addRows(batch, from, to);
      return writer.finish(footer);
    }
  }

  /** Begins a file that must not exist yet. */
  public static PartWriter open(Path temp, TableSchema schema, WriteOptions options)
      throws IOException {
    PartOutput output = PartOutput.create(temp);
    try {
      return new PartWriter(temp, schema, options, output);
    } catch (IOException | RuntimeException | Error failure) {
      output.closeFile();
      Files.deleteIfExists(temp);
      throw failure;
    }
  }

  /**
   * Writes rows {@code [from, to)} as one or more row groups of their own. The batch has exactly
   * the columns of the file. After a failure only {@link #close} may follow.
   */
  public void addRows(ColumnBatch batch, int from, int to) throws IOException {
    requireOpen();
    if (!batch.schema().equals(schema)) {
      throw new IllegalArgumentException(
          "a batch of other columns than the file's " + schema + ": " + batch.schema());
    }
    if (from < 0 || from >= to || to > batch.rows()) {
      throw new IllegalArgumentException(
          "rows " + from + " to " + to + " are not some of the batch's " + batch.rows());
    }
    for (int start = from; start < to; start += GROUP_ROWS) {
      addGroup(batch, start, Math.min(to, start + GROUP_ROWS));
    }
  }

  private void requireOpen() {
    if (finished || closed) {
      throw new IllegalStateException("the part " + file + " is finished");
    }
  }

  private void addGroup(ColumnBatch batch, int from, int to) throws IOException {
    if (groupHashes.size() == MAX_GROUPS) {
      throw new IllegalStateException(
          "a part has at most " + MAX_GROUPS + " row groups; begin another: " + file);
    }
    StringBuilder crcs = new StringBuilder();
    parquet.startBlock(to - from);
    for (int column = 0; column < schema.size(); column++) {
      chunks.write(descriptors.get(column), batch, column, from, to);
      crcs.append(PartFooter.hex(output.takeCrc()));
    }
    parquet.endBlock();
    RowHash hash = hasher.hash(batch, from, to);
    groupCrcs.add(crcs.toString());
    groupHashes.add(hash.toString());
    rowHash = rowHash.plus(hash);
    rows += to - from;
    addSequences(batch, from, to);
  }

  private void addSequences(ColumnBatch batch, int from, int to) {
    int column = schema.indexOf(TableSchema.SEQUENCE);
    if (column < 0
        || schema.column(column).type() != ColumnType.INT64
        || !schema.column(column).required()) {
      return;
    }
    long[] sequences = batch.longs(column);
    for (int row = from; row < to; row++) {
      firstSequence = Math.min(firstSequence, sequences[row]);
      lastSequence = Math.max(lastSequence, sequences[row]);
    }
  }

  /**
   * Writes the footer and closes the file; a file without rows is refused. The keys of {@code
   * footer} must not begin with {@value #RESERVED_PREFIX}.
   */
  public PartSummary finish(Map<String, String> footer) throws IOException {
    requireOpen();
    if (rows == 0) {
      throw new IllegalStateException("a part needs at least one row: " + file);
    }
    Map<String, String> entries = new TreeMap<>(footer);
    for (String key : footer.keySet()) {
      if (key.startsWith(RESERVED_PREFIX)) {
        throw new IllegalArgumentException("footer key '" + key + "' is reserved");
      }
    }
    addEntries(entries);
    output.holdTrailer();
    parquet.end(entries);
    output.writeTrailer(PartFooter.seal(output.heldTrailer()));
    if (options.force()) {
      output.force();
    }
    finished = true;
    return new PartSummary(
        rows, output.getPos(), output.sha256Hex(), rowHash, firstSequence(), lastSequence());
  }

  private void addEntries(Map<String, String> entries) {
    entries.put(FORMAT, FORMAT_VERSION);
    entries.put(ROWS, Long.toString(rows));
    entries.put(ROW_HASH, rowHash.toString());
    entries.put(ROW_HASHES, String.join(",", groupHashes));
    entries.put(CHUNK_CRC, String.join(",", groupCrcs));
    entries.put(FIRST_SEQUENCE, Long.toString(firstSequence()));
    entries.put(LAST_SEQUENCE, Long.toString(lastSequence()));
    entries.put(
        RESERVED_PREFIX + "compression",
        lower(options.compression()) + (options.level() == 0 ? "" : " " + options.level()));
    entries.put(RESERVED_PREFIX + "profile", lower(options.profile()));
    entries.put(RESERVED_PREFIX + "libraries", libraries(options.compression()));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String libraries(Compression compression) {
    return "parquet " + Version.VERSION_NUMBER + PartCodecs.library(compression);
  }

  private long firstSequence() {
    return firstSequence == Long.MAX_VALUE ? -1 : firstSequence;
  }

  /** Largest {@code seq} of the rows so far, -1 without any. */
  public long lastSequence() {
    return lastSequence == Long.MIN_VALUE ? -1 : lastSequence;
  }

  /** Closes the file, and deletes it if it was not finished. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    codec.close();
    try {
      output.closeFile();
    } finally {
      if (!finished) {
        Files.deleteIfExists(file);
      }
    }
  }
}
