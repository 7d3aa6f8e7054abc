// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import com.github.luben.zstd.ZstdOutputStream;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.FrameCursor;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.RawFrame;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes frames into a backup, those of one segment into a file. One thread. */
final class FramesWriter implements Closeable {
  /** The fastest level: the journal's frames shrink to a third by it already. */
  private static final int LEVEL = 1;

  private static final int LENGTH_BYTES = 4;

  private final BackupTarget target;
  private final List<Description.Frames> files = new ArrayList<>();
  private final byte[] lengthBytes = new byte[LENGTH_BYTES];
  private final RawFrame frame = new RawFrame();
  private @Nullable ChainState before;
  private @Nullable ChainState after;
  private long lastOffset = -1;
  private long events;
  private long frameBytes;
  private @Nullable Part part;

  /** The file that is written. */
  private static final class Part {
    private final String name;
    private final long segment;
    private final Hashing hashing;
    private final OutputStream out;
    private long frames;
    private long bytes;
    private long cutAt = -1;

    Part(String name, long segment, OutputStream target) throws IOException {
      this.name = name;
      this.segment = segment;
      this.hashing = new Hashing(target);
      this.out = new ZstdOutputStream(hashing, LEVEL).setChecksum(true);
    }
  }

  FramesWriter(BackupTarget target) {
    this.target = target;
  }

  /** Writes the frame that the cursor stands at. */
  void write(FrameCursor cursor) throws IOException {
    FrameReader reader = cursor.frame();
    frame.copy(reader);
    Part current = part;
    if (current == null || current.segment != cursor.segment()) {
      end();
      String name = Description.Frames.nameOf(frame.frameNumber());
      current = new Part(name, cursor.segment(), target.begin(name));
      part = current;
    }
    if (before == null) {
      before =
          new ChainState(
              frame.frameNumber() - 1, frame.previousCrc(), frame.firstSequence(), Long.MIN_VALUE);
    }
    int length = frame.length();
    for (int i = 0; i < LENGTH_BYTES; i++) {
      lengthBytes[i] = (byte) (length >>> (8 * i));
    }
    current.out.write(lengthBytes);
    current.out.write(frame.bytes(), 0, length);
    current.frames++;
    current.bytes += LENGTH_BYTES + length;
    frameBytes += length;
    events += reader.eventCount();
    if (reader.eventCount() < frame.eventCount()) {
      current.cutAt = reader.firstSequence() + reader.eventCount() - 1;
    }
    after = reader.chain();
    lastOffset = reader.offset();
  }

  /** Ends the last file. */
  void end() throws IOException {
    Part current = part;
    part = null;
    if (current == null) {
      return;
    }
    current.out.close();
    files.add(
        new Description.Frames(
            current.name,
            current.segment,
            current.frames,
            current.bytes,
            current.cutAt,
            current.hashing.bytes(),
            current.hashing.hash()));
  }

  /** The files written so far. */
  List<Description.Frames> files() {
    return files;
  }

  /** The chain in front of the first frame; null when there is none. */
  @Nullable ChainState before() {
    return before;
  }

  /** The chain behind the last frame; null when there is none. */
  @Nullable ChainState after() {
    return after;
  }

  /** Where the last frame's document is in its segment. */
  long lastOffset() {
    return lastOffset;
  }

  /** Events so far. */
  long events() {
    return events;
  }

  /** Bytes of frames so far. */
  long frameBytes() {
    return frameBytes;
  }

  @Override
  public void close() throws IOException {
    Part current = part;
    part = null;
    if (current != null) {
      current.out.close();
    }
  }
}
