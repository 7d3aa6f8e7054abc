// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was acknowledged, noted outside the log: a line {@code sequence row} for each receipt, after
 * the heading {@value #HEADING}. It also says that the store beside it belongs to the demo. Used by
 * one thread.
 */
final class Oracle implements AutoCloseable {
  /** First line of the file. */
  static final String HEADING = "ringfold-demo-acknowledged 1";

  private static final String SUFFIX = ".acknowledged";

  private final FileChannel channel;

  private Oracle(FileChannel channel) {
    this.channel = channel;
  }

  /** The file that belongs to a store. */
  static Path path(Path store) {
    return store.resolveSibling(store.getFileName() + SUFFIX);
  }

  /** Whether the file is there and is one of ours. */
  static boolean exists(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    byte[] heading = (HEADING + "\n").getBytes(StandardCharsets.US_ASCII);
    try (var in = Files.newInputStream(file)) {
      return java.util.Arrays.equals(in.readNBytes(heading.length), heading);
    }
  }

  /** Begins a new file. */
  static void create(Path file) throws IOException {
    Files.writeString(file, HEADING + "\n", StandardOpenOption.CREATE_NEW);
  }

  /** Opens the file to note more. */
  static Oracle append(Path file) throws IOException {
    return new Oracle(FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
  }

  /** Notes a receipt; the line outlives the process when this returns. */
  void note(long sequence, int row) throws IOException {
    ByteBuffer line =
        ByteBuffer.wrap((sequence + " " + row + "\n").getBytes(StandardCharsets.US_ASCII));
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }

  /** Row by sequence, in the order of the receipts; an unfinished last line does not count. */
  static Map<Long, Integer> read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    Map<Long, Integer> acknowledged = new LinkedHashMap<>();
    String[] lines = text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1);
    for (int i = 1; i < lines.length - 1; i++) {
      String[] parts = lines[i].split(" ", -1);
      if (parts.length != 2) {
        throw new IOException(file + ": line " + (i + 1) + " is not 'sequence row': " + lines[i]);
      }
      acknowledged.put(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
    }
    return acknowledged;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
