// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.FrameAssembler;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.JournalWriter;

/**
 * Writes dictionary records as frames: new ones before the first event that uses them, all of them
 * at the start of a segment. Used by the journal thread.
 */
final class DictionaryFrames {
  private final Dictionary dictionary;
  private final FrameAssembler frame;
  private long written;

  DictionaryFrames(Dictionary dictionary, int maxFrameBytes) {
    this.dictionary = dictionary;
    this.frame = new FrameAssembler(maxFrameBytes);
  }

  /** Records that are in the journal. */
  long written() {
    return written;
  }

  /** Writes the records that are not in the journal yet. */
  void writeNew(JournalWriter writer) {
    write(writer, written);
  }

  /** Writes all records, for a segment that must stand alone. */
  void writeAll(JournalWriter writer) {
    write(writer, 0);
  }

  /** Writes who the producers of sessions before this one are; {@link #writeAll} does not. */
  void writeProducers(JournalWriter writer, PreviousLedger previous) {
    frame.clear();
    previous.producerRecords(dictionary).forEach(record -> add(writer, record));
    flush(writer);
  }

  private void write(JournalWriter writer, long from) {
    long size = dictionary.size();
    frame.clear();
    for (long i = from; i < size; i++) {
      add(writer, dictionary.record(i));
    }
    flush(writer);
    written = size;
  }

  private void add(JournalWriter writer, byte[] record) {
    if (!frame.fits(record.length)) {
      writer.writeState(frame, FrameFormat.KIND_DICTIONARY);
      frame.clear();
    }
    frame.add(record, 0, record.length, 1);
  }

  private void flush(JournalWriter writer) {
    if (!frame.isEmpty()) {
      writer.writeState(frame, FrameFormat.KIND_DICTIONARY);
    }
  }
}
