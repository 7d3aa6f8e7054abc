// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.ConfigurationException;
import dev.ringfold.EventCodecException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.StreamKey;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The small numbers that stand for names, streams, metric layouts and producers in events; their
 * bytes are {@link DictionaryRecord}s.
 *
 * <p>Interning appends a record. Whoever writes the journal writes the records {@code [written,
 * size())} as a DICTIONARY frame before the first event that may use them. An id is handed out only
 * after its record counts in {@link #size}, so an event that carries it never overtakes it.
 *
 * <p>Ids are dense from 1. Id 0 is always there and has no record: the empty name, {@link
 * StreamKey#LOG}, the layout without columns.
 *
 * <p>Thread-safe. Interning locks only for a new value and allocates nothing for a known one; the
 * {@code ...At} look-ups never lock and throw {@link IndexOutOfBoundsException} for an id that is
 * not known.
 */
public final class Dictionary implements DictionarySink {
  /** Most names, the empty one included. */
  public static final int MAX_NAMES = 65_536;

  /** Most streams, the log's own included. */
  public static final int MAX_STREAMS = 65_536;

  /** Most metric layouts, the empty one included. */
  public static final int MAX_LAYOUTS = 4_096;

  /** Most bytes of a name in UTF-8. */
  public static final int MAX_NAME_LENGTH = StreamKey.MAX_NAME_LENGTH;

  /** Most bytes of all records together: each segment repeats them. */
  public static final long MAX_RECORD_BYTES = 64L << 20;

  /** Producers remembered; those of the oldest sessions are forgotten first. */
  public static final int MAX_PRODUCERS = 65_536;

  private final GrowingTable<String> names = new GrowingTable<>();
  private final GrowingTable<StreamKey> streams = new GrowingTable<>();
  private final GrowingTable<MetricLayout> layouts = new GrowingTable<>();
  private final GrowingTable<byte[]> records = new GrowingTable<>();

  private final ConcurrentHashMap<String, Integer> nameIds = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<StreamKey, Integer> streamIds = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<MetricLayout, Integer> layoutIds = new ConcurrentHashMap<>();
  private final ConcurrentNavigableMap<Long, Integer> producerNameIds =
      new ConcurrentSkipListMap<>();

  private final Object lock = new Object();
  private final int maxRecordLength;
  private long recordBytes;
  private int producerCount;

  /** Creates a dictionary that knows only the zeros, and takes what is read. */
  public Dictionary() {
    this(Integer.MAX_VALUE);
  }

  /**
   * Creates a dictionary that knows only the zeros.
   *
   * @param maxRecordLength most bytes of a record: what one frame holds
   */
  public Dictionary(int maxRecordLength) {
    this.maxRecordLength = maxRecordLength;
    nameIds.put("", names.add(""));
    streamIds.put(StreamKey.LOG, streams.add(StreamKey.LOG));
    MetricLayout empty = MetricLayout.builder().build();
    layoutIds.put(empty, layouts.add(empty));
  }

  /**
   * The id of a name, 0 to 65,535.
   *
   * @throws ConfigurationException when it is new and there is no room, or it is too long
   * @throws EventCodecException when it is not valid Unicode
   */
  public int name(String name) {
    Integer known = nameIds.get(name);
    if (known != null) {
      return known;
    }
    synchronized (lock) {
      Integer raced = nameIds.get(name);
      return raced != null ? raced : addName(name);
    }
  }

  /**
   * The id of a stream, 0 to 65,535.
   *
   * @throws ConfigurationException when it is new and there is no room
   */
  public int stream(StreamKey key) {
    Integer known = streamIds.get(key);
    if (known != null) {
      return known;
    }
    synchronized (lock) {
      Integer raced = streamIds.get(key);
      return raced != null ? raced : addStream(key);
    }
  }

  /**
   * The id of a layout, 0 to 4,095.
   *
   * @throws ConfigurationException when it is new and there is no room, or it is larger than a
   *     frame
   */
  public int layout(MetricLayout layout) {
    Integer known = layoutIds.get(layout);
    if (known != null) {
      return known;
    }
    synchronized (lock) {
      Integer raced = layoutIds.get(layout);
      return raced != null ? raced : addLayout(layout);
    }
  }

  /**
   * Records which producer handle has which name in a session.
   *
   * @param session number of the open, from 1
   * @param producer number of the handle, 0 to 65,535
   * @return the id of the name
   * @throws IllegalStateException when the handle has another name in this session already
   */
  public int producer(int session, int producer, String name) {
    int nameId = name(name);
    synchronized (lock) {
      if (isNewProducer(session, producer, nameId)) {
        append(DictionaryRecord.producer(session, producer, nameId));
        rememberProducer(session, producer, nameId);
      }
    }
    return nameId;
  }

  /** How many names there are; every smaller id is known. */
  public int nameCount() {
    return names.size();
  }

  /** How many streams there are; every smaller id is known. */
  public int streamCount() {
    return streams.size();
  }

  /** How many layouts there are; every smaller id is known. */
  public int layoutCount() {
    return layouts.size();
  }

  /** The name with this id. */
  public String nameAt(int id) {
    return names.at(id);
  }

  /** The stream with this id. */
  public StreamKey streamAt(int id) {
    return streams.at(id);
  }

  /** The layout with this id. */
  public MetricLayout layoutAt(int id) {
    return layouts.at(id);
  }

  /** The name of a producer handle in a session, empty when unknown or forgotten. */
  public String producerNameAt(int session, int producer) {
    Integer nameId = producerNameIds.get(producerKey(session, producer));
    return nameId == null ? "" : names.at(nameId);
  }

  /** The id of a producer handle's name in a session, 0 when unknown or forgotten. */
  public int producerNameId(int session, int producer) {
    return producerNameIds.getOrDefault(producerKey(session, producer), 0);
  }

  /** The bytes that tell a producer handle's name, also one of an earlier session, when known. */
  public Optional<byte[]> producerRecord(int session, int producer) {
    int nameId = producerNameId(session, producer);
    return nameId == 0
        ? Optional.empty()
        : Optional.of(DictionaryRecord.producer(session, producer, nameId));
  }

  /** How many records there are; a volatile read. */
  public long size() {
    return records.size();
  }

  /** A record in the order of interning; not to be changed. */
  public byte[] record(long index) {
    return records.at(Math.toIntExact(index));
  }

  /**
   * Takes over the records of a DICTIONARY frame. What is known already is skipped, so segments may
   * be loaded in any order that begins with a segment's start. Names, streams and layouts become
   * records of this dictionary; producers of earlier sessions are only remembered, since of later
   * segments only the next session's first one needs them ({@link #producerRecord}).
   *
   * @param frameBody holds the records; its position is not used
   * @param offset where they begin
   * @param length bytes of all of them
   * @param count how many
   * @throws IllegalStateException when the bytes are not {@code count} records, leave a gap, or
   *     contradict what is known; records before the bad one are taken over
   */
  @Override
  public void load(ByteBuffer frameBody, int offset, int length, int count) {
    PayloadReader in = new PayloadReader().wrap(frameBody, offset, length);
    synchronized (lock) {
      for (int i = 0; i < count; i++) {
        int at = in.position();
        try {
          loadRecord(DictionaryRecord.next(in));
        } catch (EventCodecException | ConfigurationException | IllegalArgumentException e) {
          throw new IllegalStateException(
              "Dictionary record " + i + " of " + count + " at " + at + ": " + e.getMessage(), e);
        }
      }
      if (in.remaining() != 0) {
        throw new IllegalStateException(
            "Expected " + count + " dictionary records, found " + in.remaining() + " more bytes");
      }
    }
  }

  private void loadRecord(PayloadReader in) {
    int kind = in.readUnsignedByte();
    int id = in.readInt();
    switch (kind) {
      case DictionaryRecord.NAME -> {
        String name = DictionaryRecord.readName(in);
        if (isNew("Name", id, name, names, nameIds)) {
          addName(name);
        }
      }
      case DictionaryRecord.STREAM -> {
        StreamKey key =
            new StreamKey(loadedName(in), loadedName(in), loadedName(in), loadedName(in));
        if (isNew("Stream", id, key, streams, streamIds)) {
          addStream(key);
        }
      }
      case DictionaryRecord.LAYOUT -> {
        MetricLayout layout = DictionaryRecord.readLayout(in);
        if (isNew("Layout", id, layout, layouts, layoutIds)) {
          addLayout(layout);
        }
      }
      case DictionaryRecord.PRODUCER -> {
        int producer = in.readUnsignedShort();
        int nameId = loadedNameId(in);
        if (isNewProducer(id, producer, nameId)) {
          rememberProducer(id, producer, nameId);
        }
      }
      default -> throw in.invalidValue(0, "a kind from 1 to 4", Integer.toString(kind));
    }
    in.expectEnd();
  }

  private String loadedName(PayloadReader in) {
    return names.at(loadedNameId(in));
  }

  private int loadedNameId(PayloadReader in) {
    int at = in.position();
    int id = in.readInt();
    if (id < 0 || id >= names.size()) {
      throw in.invalidValue(at, "a name id below " + names.size(), Integer.toString(id));
    }
    return id;
  }

  private static <T> boolean isNew(
      String what, int id, T value, GrowingTable<T> table, ConcurrentHashMap<T, Integer> ids) {
    Integer known = ids.get(value);
    if (known != null && known == id) {
      return false;
    }
    if (known != null || id != table.size()) {
      String found = id >= 0 && id < table.size() ? table.at(id) + "" : "nothing";
      throw new IllegalStateException(
          what
              + " id "
              + id
              + " is recorded as "
              + value
              + " but here it is "
              + found
              + (known == null ? "" : " and " + value + " has id " + known)
              + "; the next free id is "
              + table.size());
    }
    return true;
  }

  private boolean isNewProducer(int session, int producer, int nameId) {
    Integer known = producerNameIds.get(producerKey(session, producer));
    if (known != null && known != nameId) {
      throw new IllegalStateException(
          "Producer "
              + producer
              + " of session "
              + session
              + " is recorded as '"
              + names.at(nameId)
              + "' but here it is '"
              + names.at(known)
              + "'");
    }
    return known == null;
  }

  private int addName(String name) {
    requireRoom("names", names.size(), MAX_NAMES, name);
    byte[] record = DictionaryRecord.name(names.size(), name);
    append(record);
    int id = names.add(name);
    nameIds.put(name, id);
    return id;
  }

  private int addStream(StreamKey key) {
    requireRoom("streams", streams.size(), MAX_STREAMS, key.name());
    int name = name(key.name());
    int space = name(key.space());
    int actor = name(key.actor());
    int device = name(key.device());
    append(DictionaryRecord.stream(streams.size(), name, space, actor, device));
    int id = streams.add(key);
    streamIds.put(key, id);
    return id;
  }

  private int addLayout(MetricLayout layout) {
    requireRoom("metric layouts", layouts.size(), MAX_LAYOUTS, "of " + layout.size() + " columns");
    append(DictionaryRecord.layout(layouts.size(), layout));
    int id = layouts.add(layout);
    layoutIds.put(layout, id);
    return id;
  }

  private void rememberProducer(int session, int producer, int nameId) {
    producerNameIds.put(producerKey(session, producer), nameId);
    if (++producerCount > MAX_PRODUCERS) {
      producerNameIds.pollFirstEntry();
      producerCount--;
    }
  }

  private void append(byte[] record) {
    if (record.length > maxRecordLength) {
      throw new ConfigurationException(
          "A name, stream or layout must fit into one frame, which holds "
              + maxRecordLength
              + " bytes, but this one takes "
              + record.length
              + ". Split the columns over several layouts, shorten their names, or raise"
              + " block-bytes.");
    }
    if (recordBytes + record.length > MAX_RECORD_BYTES) {
      throw new ConfigurationException(
          "The dictionary holds at most "
              + MAX_RECORD_BYTES
              + " bytes of names, streams and layouts and has "
              + recordBytes
              + ". Put values that keep changing into payloads, not into names.");
    }
    records.add(record);
    recordBytes += record.length;
  }

  private static void requireRoom(String what, int size, int limit, String value) {
    if (size >= limit) {
      throw new ConfigurationException(
          "A store holds at most "
              + limit
              + " "
              + what
              + "; there is no room for '"
              + value
              + "'. Put values that keep changing into payloads, not into names.");
    }
  }

  private static long producerKey(int session, int producer) {
    return (long) session << Short.SIZE | producer;
  }
}
