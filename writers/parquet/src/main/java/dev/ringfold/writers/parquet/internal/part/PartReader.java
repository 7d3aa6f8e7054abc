// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of {@link PartWriter} and believes nothing: {@link #open} checks both magics, the
 * footer's and the indexes' CRC, {@link #read} checks the CRC of each chunk, of each page and the
 * row hash of the row group. Damage is a {@link DamagedPartException} that names file, row group
 * and column; rows that were not written are never returned. Belongs to one thread.
 */
public final class PartReader implements Closeable {
  /** A footer of 8,192 columns in 4,096 row groups would be larger, but nobody can write one. */
  private static final int MAX_FOOTER_BYTES = 1 << 29;

  private static final int CRC_DIGITS = 8;
  private static final int COPY_BYTES = 1 << 18;

  private final Path file;
  private final FileChannel channel;
  private final PartInput input;
  private final PartCodecs codecs = new PartCodecs();
  private ParquetFileReader parquet;
  private TableSchema schema;
  private Map<String, String> footer;
  private List<BlockMetaData> groups;
  private List<ColumnDescriptor> descriptors;
  private RowHash rowHash = RowHash.NONE;
  private RowHash[] groupHashes = {};
  private String[] groupCrcs = {};

  private PartReader(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.input = new PartInput(channel);
    int footerBytes = checkFooter();
    try {
      parquet = ParquetFileReader.open(input, options());
      schema = TableSchema.fromParquet(parquet.getFileMetaData().getSchema());
    } catch (IOException | RuntimeException failure) {
      throw damaged("its footer cannot be read", failure);
    }
    footer = Map.copyOf(parquet.getFileMetaData().getKeyValueMetaData());
    groups = parquet.getRowGroups();
    descriptors = parquet.getFileMetaData().getSchema().getColumns();
    readEntries();
    checkIndexes(footerBytes);
  }

  /**
   * Opens a file and checks its footer. Fails with {@link java.nio.file.NoSuchFileException} when
   * there is none, {@link DamagedPartException} when it is not what a part writer finished, and
   * another {@link IOException} when it cannot be read at all.
   */
  public static PartReader open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new PartReader(file, channel);
    } catch (IOException | RuntimeException | Error failure) {
      channel.close();
      throw failure;
    }
  }

  private ParquetReadOptions options() {
    return ParquetReadOptions.builder(new PlainParquetConfiguration())
        .withCodecFactory(codecs)
        .usePageChecksumVerification(true)
        .build();
  }

  // ---- checks at open

  private int checkFooter() throws IOException {
    long length = input.getLength();
    if (length < PartFooter.MAGIC.length + PartFooter.TAIL_BYTES) {
      throw damaged("it has only " + length + " bytes", null);
    }
    byte[] head = bytes(0, PartFooter.MAGIC.length);
    byte[] tail = bytes(length - PartFooter.TAIL_BYTES, PartFooter.TAIL_BYTES);
    byte[] end = Arrays.copyOfRange(tail, Integer.BYTES, tail.length);
    if (!Arrays.equals(head, PartFooter.MAGIC) || !Arrays.equals(end, PartFooter.MAGIC)) {
      throw damaged("it does not begin and end with PAR1", null);
    }
    int footerBytes = PartFooter.littleEndianInt(tail, 0);
    long room = length - PartFooter.TAIL_BYTES - PartFooter.MAGIC.length;
    if (footerBytes < 0 || footerBytes > Math.min(room, MAX_FOOTER_BYTES)) {
      throw damaged("its footer should be " + footerBytes + " bytes of " + length, null);
    }
    String problem =
        PartFooter.problem(bytes(length - PartFooter.TAIL_BYTES - footerBytes, footerBytes));
    if (!problem.isEmpty()) {
      throw damaged(problem, null);
    }
    return footerBytes;
  }

  private void readEntries() throws IOException {
    String format = entry(PartWriter.FORMAT);
    if (!format.equals(PartWriter.FORMAT_VERSION)) {
      throw damaged(
          "its format is " + format + " but this version reads " + PartWriter.FORMAT_VERSION, null);
    }
    String[] hashes = entry(PartWriter.ROW_HASHES).split(",", -1);
    groupCrcs = entry(PartWriter.CHUNK_CRC).split(",", -1);
    if (hashes.length != groups.size() || groupCrcs.length != groups.size()) {
      throw damaged("its footer has not one row hash and CRC for each row group", null);
    }
    try {
      rowHash = RowHash.parse(entry(PartWriter.ROW_HASH));
      groupHashes = Arrays.stream(hashes).map(RowHash::parse).toArray(RowHash[]::new);
    } catch (IllegalArgumentException malformed) {
      throw damaged("its footer has a malformed row hash", malformed);
    }
    for (int group = 0; group < groups.size(); group++) {
      if (groupCrcs[group].length() != CRC_DIGITS * schema.size()) {
        throw damaged(group, null, "its footer has not one CRC for each column", null);
      }
    }
  }

  private String entry(String key) throws IOException {
    String value = footer.get(key);
    if (value == null) {
      throw damaged("its footer lacks " + key, null);
    }
    return value;
  }

  private void checkIndexes(int footerBytes) throws IOException {
    long start = PartFooter.MAGIC.length;
    for (BlockMetaData group : groups) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        start = Math.max(start, chunk.getStartingPos() + chunk.getTotalSize());
      }
    }
    long end = input.getLength() - PartFooter.TAIL_BYTES - footerBytes;
    String found = PartFooter.hex(crc(start, end - start));
    if (!found.equals(entry(PartFooter.INDEX_CRC))) {
      throw damaged(
          "the CRC32C of its indexes should be " + entry(PartFooter.INDEX_CRC) + " but is " + found,
          null);
    }
  }

  // ---- what the footer tells

  /** The file. */
  public Path file() {
    return file;
  }

  /** Its columns. */
  public TableSchema schema() {
    return schema;
  }

  /** All key-values of the footer. */
  public Map<String, String> footer() {
    return footer;
  }

  /**
   * Largest sequence of its rows, -1 without a column of sequences.
   *
   * @throws IOException when the footer does not tell
   */
  public long lastSequence() throws IOException {
    return sequence(PartWriter.LAST_SEQUENCE);
  }

  /**
   * Smallest {@code seq} of the rows, -1 for a file without that column.
   *
   * @throws IOException when the footer does not tell
   */
  public long firstSequence() throws IOException {
    return sequence(PartWriter.FIRST_SEQUENCE);
  }

  private long sequence(String key) throws IOException {
    try {
      return Long.parseLong(entry(key));
    } catch (NumberFormatException malformed) {
      throw damaged("its footer has a malformed " + key, malformed);
    }
  }

  /** How many row groups. */
  public int rowGroups() {
    return groups.size();
  }

  /** Number of rows of one row group. */
  public int rows(int rowGroup) {
    return Math.toIntExact(groups.get(rowGroup).getRowCount());
  }

  /** Number of rows of the file. */
  public long rows() {
    return groups.stream().mapToLong(BlockMetaData::getRowCount).sum();
  }

  /** Length of the file in bytes. */
  public long bytes() {
    return input.getLength();
  }

  /** Hash of all rows, as the footer states it; {@link #read} checks each row group's. */
  public RowHash rowHash() {
    return rowHash;
  }

  // ---- rows

  /**
   * Adds the rows of one row group behind those of the batch, in the file's order. The batch has
   * every column of the file, by name and type, in any order, and room for the rows; columns that
   * the file lacks are null. After a failure the batch holds the rows that it held before.
   */
  public void read(int rowGroup, ColumnBatch batch) throws IOException {
    int rows = rows(rowGroup);
    int before = batch.rows();
    if (batch.capacity() - before < rows) {
      throw new IllegalArgumentException(
          "row group "
              + rowGroup
              + " of "
              + file
              + " has "
              + rows
              + " rows but the batch has room"
              + " for "
              + (batch.capacity() - before));
    }
    int[] targets = targets(batch.schema());
    boolean complete = false;
    try {
      for (int column = 0; column < targets.length; column++) {
        readColumn(rowGroup, column, batch, targets[column]);
      }
      batch.append(rows);
      checkRowHash(rowGroup, batch, before);
      complete = true;
    } finally {
      if (!complete) {
        batch.truncate(before);
      }
    }
  }

  private int[] targets(TableSchema wanted) {
    int[] targets = new int[schema.size()];
    boolean[] filled = new boolean[wanted.size()];
    for (int i = 0; i < targets.length; i++) {
      Column column = schema.column(i);
      targets[i] = wanted.indexOf(column.name());
      if (targets[i] < 0 || wanted.column(targets[i]).type() != column.type()) {
        throw new IllegalArgumentException(
            "the batch has no column like " + column + " of " + file);
      }
      filled[targets[i]] = true;
      if (wanted.column(targets[i]).required() && !column.required()) {
        throw new IllegalArgumentException(
            "column '" + column.name() + "' is required in the batch but not in " + file);
      }
    }
    for (int i = 0; i < filled.length; i++) {
      if (!filled[i] && wanted.column(i).required()) {
        throw new IllegalArgumentException(
            "column '" + wanted.column(i).name() + "' is required in the batch but not in " + file);
      }
    }
    return targets;
  }

  private void readColumn(int rowGroup, int column, ColumnBatch batch, int target)
      throws IOException {
    String name = schema.column(column).name();
    checkChunk(rowGroup, column, name);
    MessageType message = parquet.getFileMetaData().getSchema();
    parquet.setRequestedSchema(new MessageType(message.getName(), message.getType(column)));
    try (PageReadStore pages = parquet.readRowGroup(rowGroup)) {
      new ChunkReader(pages, descriptors.get(column), message)
          .readInto(batch, target, rows(rowGroup));
    } catch (IOException | RuntimeException failure) {
      throw damaged(rowGroup, name, "its pages cannot be read", failure);
    }
  }

  private void checkChunk(int rowGroup, int column, String name) throws IOException {
    ColumnChunkMetaData chunk = groups.get(rowGroup).getColumns().get(column);
    int digits = column * CRC_DIGITS;
    String stated = groupCrcs[rowGroup].substring(digits, digits + CRC_DIGITS);
    String found;
    try {
      found = PartFooter.hex(crc(chunk.getStartingPos(), chunk.getTotalSize()));
    } catch (EOFException cut) {
      throw damaged(rowGroup, name, "the file ends inside it", cut);
    }
    if (!found.equals(stated)) {
      throw damaged(rowGroup, name, "its CRC32C should be " + stated + " but is " + found, null);
    }
  }

  private void checkRowHash(int rowGroup, ColumnBatch batch, int before) throws IOException {
    RowHash found = RowHash.of(batch, before, batch.rows());
    if (!found.equals(groupHashes[rowGroup])) {
      throw damaged(
          rowGroup,
          null,
          "its row hash should be " + groupHashes[rowGroup] + " but is " + found,
          null);
    }
  }

  /** Reads every row group and checks all that can be checked, also that the row hashes add up. */
  public void verify() throws IOException {
    ColumnBatch batch = new ColumnBatch(schema, PartWriter.GROUP_ROWS);
    RowHash sum = RowHash.NONE;
    for (int group = 0; group < groups.size(); group++) {
      batch.clear();
      read(group, batch);
      sum = sum.plus(groupHashes[group]);
    }
    if (!sum.equals(rowHash) || !entry(PartWriter.ROWS).equals(Long.toString(rows()))) {
      throw damaged("its row groups do not add up to its row hash and row count", null);
    }
  }

  // ---- bytes

  private byte[] bytes(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    input.readFully(ByteBuffer.wrap(bytes), offset);
    return bytes;
  }

  private int crc(long offset, long length) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(COPY_BYTES, Math.max(length, 0)));
    long done = 0;
    while (done < length) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
      input.readFully(buffer, offset + done);
      buffer.flip();
      done += buffer.remaining();
      crc.update(buffer);
    }
    return (int) crc.getValue();
  }

  private DamagedPartException damaged(String problem, @Nullable Throwable cause) {
    return damaged(-1, null, problem, cause);
  }

  private DamagedPartException damaged(
      int rowGroup, @Nullable String column, String problem, @Nullable Throwable cause) {
    return new DamagedPartException(file, rowGroup, column, problem, cause);
  }

  @Override
  public void close() throws IOException {
    try {
      parquet.close();
    } finally {
      codecs.release();
      channel.close();
    }
  }
}
