// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.EventFormat;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.StreamKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Objects;

/**
 * A view of one event in a reader's buffer. The reader moves the same view from event to event, so
 * nothing of it may be kept: copy what is needed. One thread at a time; accessors allocate nothing
 * unless they say so.
 */
public final class EventView {
  private static final ByteBuffer EMPTY =
      ByteBuffer.allocate(EventFormat.HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);

  /** Tells what a stream id stands for. Any thread. */
  @FunctionalInterface
  public interface Streams {
    /**
     * The stream with this id.
     *
     * @throws IllegalArgumentException when there is none
     */
    StreamKey streamAt(int streamId);
  }

  private final PayloadReader payload = new PayloadReader();
  private Streams streams = id -> StreamKey.of("stream " + id);
  private ByteBuffer buffer = EMPTY;
  private int offset;
  private int end = EventFormat.HEADER_LENGTH;
  private int payloadOffset = EventFormat.HEADER_LENGTH;
  private int flags;
  private long sequence = -1;
  private long logTimeNanos;
  private int frameCrc;

  /** Creates a view of nothing; a reader moves it to an event. */
  public EventView() {}

  /**
   * For readers inside Ringfold only: moves the view to an event whose bounds were checked.
   *
   * @param buffer little-endian buffer that holds the event
   * @param offset where the event begins
   * @param end where it ends
   * @param payloadOffset where its payload begins
   * @return this
   */
  public EventView wrap(
      ByteBuffer buffer,
      int offset,
      int end,
      int payloadOffset,
      int flags,
      long sequence,
      long logTimeNanos) {
    this.buffer = buffer;
    this.offset = offset;
    this.end = end;
    this.payloadOffset = payloadOffset;
    this.flags = flags;
    this.sequence = sequence;
    this.logTimeNanos = logTimeNanos;
    return this;
  }

  /** For readers inside Ringfold only: where the view looks up streams. */
  public EventView streams(Streams newStreams) {
    this.streams = Objects.requireNonNull(newStreams, "newStreams");
    return this;
  }

  /** For readers inside Ringfold only: the CRC32C of the frame that holds the event. */
  public EventView frameCrc(int crc) {
    this.frameCrc = crc;
    return this;
  }

  /**
   * CRC32C of the frame that holds the event. Since each frame sums up the one before it, it tells
   * two histories apart that have a sequence in common; 0 when the reader does not know it.
   */
  public int frameCrc() {
    return frameCrc;
  }

  /** The event's place in the log, dense from 0; -1 before the first event. */
  public long sequence() {
    return sequence;
  }

  /** When the log wrote the event's frame, nanoseconds since 1970; never goes back. */
  public long logTimeNanos() {
    return logTimeNanos;
  }

  /** The log time as an {@link Instant}; allocates. */
  public Instant logTime() {
    return instant(logTimeNanos);
  }

  /** The caller's clock, nanoseconds since 1970. */
  public long eventTimeNanos() {
    return buffer.getLong(offset + EventFormat.EVENT_TIME_OFFSET);
  }

  /** The caller's clock as an {@link Instant}; allocates. */
  public Instant eventTime() {
    return instant(eventTimeNanos());
  }

  /** Numeric id of the event's type. */
  public int typeId() {
    return buffer.getShort(offset + EventFormat.TYPE_OFFSET) & 0xFFFF;
  }

  /** Version of the payload's schema, from 1. */
  public int schemaVersion() {
    return buffer.get(offset + EventFormat.SCHEMA_VERSION_OFFSET) & 0xFF;
  }

  /** Number of the producer handle that published it; 0 is the log itself. */
  public int producer() {
    return buffer.getShort(offset + EventFormat.PRODUCER_OFFSET) & 0xFFFF;
  }

  /** Id of the stream it belongs to; 0 is the log's own. */
  public int streamId() {
    return buffer.getInt(offset + EventFormat.STREAM_OFFSET);
  }

  /** The stream it belongs to. */
  public StreamKey stream() {
    return streams.streamAt(streamId());
  }

  /** Whether the event has a context of its own besides its stream's. */
  public boolean hasContext() {
    return (flags & EventFormat.FLAG_CONTEXT) != 0;
  }

  /** First half of the correlation id, 0 without a context. */
  public long correlationHi() {
    return hasContext() ? buffer.getLong(contextOffset()) : 0;
  }

  /** Second half of the correlation id, 0 without a context. */
  public long correlationLo() {
    return hasContext() ? buffer.getLong(contextOffset() + Long.BYTES) : 0;
  }

  /** Sequence of the event that caused this one, or -1. */
  public long causation() {
    return hasContext() ? buffer.getLong(contextOffset() + 2 * Long.BYTES) : -1;
  }

  /** Whether the event carries an idempotency key. */
  public boolean hasKey() {
    return (flags & EventFormat.FLAG_KEY) != 0;
  }

  /** First half of the idempotency key's hash, 0 without one. */
  public long keyHi() {
    return hasKey() ? buffer.getLong(keyOffset()) : 0;
  }

  /** Second half of the idempotency key's hash, 0 without one. */
  public long keyLo() {
    return hasKey() ? buffer.getLong(keyOffset() + Long.BYTES) : 0;
  }

  /** Hash of the payload that came with the idempotency key, 0 without one. */
  public long payloadHash() {
    return hasKey() ? buffer.getLong(keyOffset() + 2 * Long.BYTES) : 0;
  }

  /** Number of tags: hashes of user-declared keys. */
  public int tagCount() {
    return (flags & EventFormat.FLAG_TAGS) == 0 ? 0 : buffer.get(tagsOffset()) & 0xFF;
  }

  /** First half of a tag's hash. */
  public long tagHi(int tag) {
    return buffer.getLong(tagOffset(tag));
  }

  /** Second half of a tag's hash. */
  public long tagLo(int tag) {
    return buffer.getLong(tagOffset(tag) + Long.BYTES);
  }

  /** Whether this event and the next belong to one atomic group. */
  public boolean groupContinues() {
    return (flags & EventFormat.FLAG_GROUP) != 0;
  }

  /** Bytes of the whole event as it lies in the journal. */
  public int length() {
    return end - offset;
  }

  /** A reader at the payload's begin; the same one each time, good until the view moves. */
  public PayloadReader payload() {
    return payload.wrap(buffer, payloadOffset, payloadLength());
  }

  /** Bytes of the payload. */
  public int payloadLength() {
    return end - payloadOffset;
  }

  /** Where the payload begins in {@link #buffer}. */
  public int payloadOffset() {
    return payloadOffset;
  }

  /** The little-endian buffer that holds the event; use absolute reads only. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** A copy of the payload; allocates. */
  public byte[] payloadBytes() {
    byte[] payload = new byte[payloadLength()];
    buffer.get(payloadOffset, payload);
    return payload;
  }

  /** A copy of the whole event as it lies in the journal; allocates. */
  public byte[] eventBytes() {
    byte[] event = new byte[length()];
    buffer.get(offset, event);
    return event;
  }

  private int contextOffset() {
    return offset + EventFormat.HEADER_LENGTH;
  }

  private int keyOffset() {
    return contextOffset() + (hasContext() ? EventFormat.CONTEXT_LENGTH : 0);
  }

  private int tagsOffset() {
    return keyOffset() + (hasKey() ? EventFormat.KEY_LENGTH : 0);
  }

  private int tagOffset(int tag) {
    Objects.checkIndex(tag, tagCount());
    return tagsOffset() + 1 + tag * EventFormat.TAG_LENGTH;
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }
}
