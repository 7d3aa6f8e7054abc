// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.internal.journal.FrameAssembler;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.JournalWriter;
import dev.ringfold.internal.keys.StreamVersions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What every segment begins with so that it stands alone: all names, the version of every stream
 * and the ledger so far. The first segment of a session carries the ledger of the session before
 * and the names of its producers, since its last drops and its closing marks come right behind.
 */
final class SegmentPreamble implements JournalWriter.Preamble {
  private final DictionaryFrames dictionary;
  private final StreamVersions versions;
  private final PreviousLedger previous;
  private final int session;
  private final AppendGate gate;
  private @org.jspecify.annotations.Nullable JournalThread journal;

  SegmentPreamble(
      DictionaryFrames dictionary,
      StreamVersions versions,
      PreviousLedger previous,
      int session,
      AppendGate gate) {
    this.dictionary = dictionary;
    this.versions = versions;
    this.previous = previous;
    this.session = session;
    this.gate = gate;
  }

  /** From now on the ledger is this session's. */
  void ledgerOf(JournalThread thread) {
    journal = thread;
  }

  @Override
  public void write(JournalWriter writer) {
    gate.beginSegment(writer.segmentNumber());
    dictionary.writeAll(writer);
    JournalThread thread = journal;
    if (thread == null) {
      dictionary.writeProducers(writer, previous);
    }
    writeVersions(writer);
    if (thread == null) {
      previous.writeTo(writer);
    } else {
      writeLedger(writer, thread);
    }
  }

  private void writeVersions(JournalWriter writer) {
    int pairs = versions.savedLength() / StreamVersions.PAIR_LENGTH;
    ByteBuffer saved = ByteBuffer.allocate(versions.savedLength()).order(ByteOrder.LITTLE_ENDIAN);
    versions.save(saved);
    int perFrame =
        (writer.maxFrameBytes() - FrameFormat.HEADER_LENGTH) / StreamVersions.PAIR_LENGTH;
    FrameAssembler frame = new FrameAssembler(writer.maxFrameBytes());
    int from = 0;
    do {
      int count = Math.min(perFrame, pairs - from);
      frame.clear();
      frame.add(
          saved.array(),
          from * StreamVersions.PAIR_LENGTH,
          count * StreamVersions.PAIR_LENGTH,
          count);
      writer.writeState(frame, FrameFormat.KIND_STREAM_VERSIONS);
      from += count;
    } while (from < pairs);
  }

  private void writeLedger(JournalWriter writer, JournalThread thread) {
    ProducerLedger ledger = thread.ledger();
    int highest = thread.producers().highest();
    FrameAssembler frame =
        new FrameAssembler(
            FrameFormat.HEADER_LENGTH + PreviousLedger.ENTRY_LENGTH * Math.max(1, highest));
    for (int id = 1; id <= highest; id++) {
      ProducerHandle handle = thread.producers().handle(id);
      if (handle != null) {
        PreviousLedger.putEntry(
            frame,
            session,
            id,
            handle.nameId(),
            ledger.stored(id) + ledger.declared(id),
            ledger.stored(id),
            ledger.declared(id));
      }
    }
    writer.writeState(frame, FrameFormat.KIND_LEDGER);
  }
}
