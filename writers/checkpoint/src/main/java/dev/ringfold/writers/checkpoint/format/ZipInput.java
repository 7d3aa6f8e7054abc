// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** The bytes of an entry of a zip archive: exactly as many as it says, with the CRC it says. */
final class ZipInput extends ByteInput {
  private static final int FEED_BYTES = 1 << 16;

  private final FormatFile file;
  private final ZipItem item;
  private final CRC32 crc = new CRC32();
  private final @Nullable Inflater inflater;
  private final ByteBuffer feed;
  private long fed;

  ZipInput(FormatFile file, ZipItem item, String where) {
    super(where, item.bytes());
    this.file = file;
    this.item = item;
    this.inflater = item.deflated() ? new Inflater(true) : null;
    this.feed = ByteBuffer.allocate(item.deflated() ? FEED_BYTES : 0);
  }

  @Override
  void fill(ByteBuffer target) {
    ByteBuffer filled = target.duplicate();
    if (inflater == null) {
      file.read(item.dataOffset() + item.bytes() - remaining(), target);
    } else {
      while (target.hasRemaining()) {
        if (inflate(inflater, target) == 0) {
          throw refusal("the compressed bytes end " + target.remaining() + " bytes too early");
        }
      }
    }
    crc.update(filled);
  }

  /** Some bytes, or 0 when there are no more. */
  private int inflate(Inflater inflating, ByteBuffer target) {
    try {
      while (true) {
        int count = inflating.inflate(target);
        if (count > 0 || inflating.finished() || inflating.needsDictionary()) {
          return count;
        }
        if (!inflating.needsInput() || fed == item.storedBytes()) {
          return 0;
        }
        feed.clear().limit((int) Math.min(feed.capacity(), item.storedBytes() - fed));
        file.read(item.dataOffset() + fed, feed);
        fed += feed.limit();
        inflating.setInput(feed.flip());
      }
    } catch (DataFormatException e) {
      throw new FormatException(
          where() + ": the compressed bytes are damaged: " + e.getMessage(), e);
    }
  }

  @Override
  void end() {
    if (inflater != null) {
      boolean over = inflate(inflater, ByteBuffer.allocate(1)) > 0;
      if (over || !inflater.finished() || inflater.getRemaining() > 0 || fed < item.storedBytes()) {
        throw refusal("the compressed bytes do not end with the entry's " + item.bytes());
      }
    }
    if ((int) crc.getValue() != item.crc()) {
      throw refusal(
          String.format(
              java.util.Locale.ROOT,
              "expected the CRC-32 %08x, found %08x; the file is damaged",
              item.crc(),
              (int) crc.getValue()));
    }
  }

  @Override
  public void close() {
    if (inflater != null) {
      inflater.end();
    }
  }
}
