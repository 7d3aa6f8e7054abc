// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventView;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.transfer.WholeFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lines of events at the end of a file that grows. The file itself says where to go on: its last
 * whole line has the sequence of the last event, and half a line is cut off. So a replay that was
 * killed repeats nothing. One thread.
 */
final class LinesTarget implements ReplayTarget {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Longest line: an event is at most about 1 MiB, and its text not ten times as long. */
  private static final long MAX_LINE_BYTES = 64L << 20;

  private final Path file;
  private final EventLines form;
  private final PrintedEvents events;
  private final FileChannel channel;
  private final Writer out;

  private LinesTarget(Path file, EventLines form, EventTypes types, FileChannel channel) {
    this.file = file;
    this.form = form;
    this.events = new PrintedEvents(form, types);
    this.channel = channel;
    this.out =
        new BufferedWriter(
            new OutputStreamWriter(Channels.newOutputStream(channel), StandardCharsets.UTF_8),
            BUFFER_BYTES);
  }

  /**
   * Opens a file to go on with, or a new one.
   *
   * @throws IOException when it cannot be written, or is something else
   */
  static LinesTarget open(Path file, EventLines form, EventTypes types) throws IOException {
    Path target = WholeFile.target(file);
    if (!Files.exists(target)) {
      StoreSecurity.createFile(target);
      Path folder = target.getParent();
      if (folder != null) {
        DurableFile.forceDirectory(folder);
      }
    }
    FileChannel channel =
        FileChannel.open(target, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new LinesTarget(target, form, types, channel);
  }

  @Override
  public long resumesAt() throws IOException {
    long end = endOfLines();
    channel.truncate(end);
    channel.position(end);
    String header = form.header();
    if (end == 0) {
      out.write(header);
      return 0;
    }
    if (!text(0, Math.min(end, header.length())).equals(header)) {
      throw foreign("it does not begin as one");
    }
    if (end == header.length()) {
      return 0;
    }
    long begin = behindNewline(end - 1);
    long sequence = form.sequenceOf(text(begin, end - 1));
    if (sequence < 0) {
      throw foreign("its last line is none of these");
    }
    return sequence + 1;
  }

  private IOException foreign(String why) {
    return new IOException(
        file
            + " is not a file of events that a replay wrote as "
            + form
            + ": "
            + why
            + ". Name another file");
  }

  /** Behind the last newline. */
  private long endOfLines() throws IOException {
    return behindNewline(channel.size());
  }

  /** Behind the last newline that is before this offset; 0 when there is none. */
  private long behindNewline(long before) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BUFFER_BYTES);
    long end = before;
    while (end > 0) {
      if (before - end > MAX_LINE_BYTES) {
        throw foreign("it has a line of more than " + MAX_LINE_BYTES + " bytes");
      }
      long begin = Math.max(0, end - BUFFER_BYTES);
      block.clear().limit((int) (end - begin));
      readFully(block, begin);
      for (int i = block.limit() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return begin + i + 1;
        }
      }
      end = begin;
    }
    return 0;
  }

  private String text(long begin, long end) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) (end - begin));
    readFully(bytes, begin);
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }

  private void readFully(ByteBuffer target, long offset) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, offset + target.position()) < 0) {
        throw new IOException(file + " became shorter while it was read");
      }
    }
  }

  @Override
  public void begin(EventSource source) {
    events.begin(source);
  }

  @Override
  public void take(EventView event) throws IOException {
    events.print(event, out);
  }

  @Override
  public void show() throws IOException {
    out.flush();
  }

  @Override
  public void keep() throws IOException {
    out.flush();
    channel.force(false);
  }

  @Override
  public void finish() throws IOException {
    keep();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
