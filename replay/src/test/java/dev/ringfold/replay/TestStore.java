// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.PayloadWriter;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentIndex;
import dev.ringfold.internal.journal.SegmentIndexFile;
import dev.ringfold.internal.journal.SegmentScan;
import dev.ringfold.internal.keys.KeyEntries;
import dev.ringfold.internal.keys.KeyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Writes stores byte by byte, independent of the product's writer, with any damage a test wants.
 */
final class TestStore {
  static final long SEED = Long.getLong("ringfold.seed", 20240607L);
  static final String STORE_ID = "00112233445566778899aabbccddeeff";
  private static final byte[] STORE_ID_BYTES = HexFormat.of().parseHex(STORE_ID);
  private static final int SESSION = 1;

  final Path store;
  Manifest manifest = Manifest.create(STORE_ID);
  private final Random random = new Random(SEED);
  private long frameNumber;
  private int previousCrc;
  private long nextSequence;
  private long logTime = 1_700_000_000_000_000_000L;
  private long stored;
  private SegmentEntry begun = SegmentEntry.open(1, 0, 0, 0, 0);

  TestStore(Path store) {
    this.store = store;
    StoreSecurity.prepareStoreDirectory(store);
    StoreSecurity.createDirectory(store.resolve(ManifestFile.TEMPORARY_DIRECTORY));
    StoreSecurity.createDirectory(SegmentFiles.journal(store));
  }

  /** A closed store with this many sealed segments, the last of which ends with a closing mark. */
  static TestStore closed(Path store, int segments) {
    TestStore test = new TestStore(store);
    for (int i = 1; i <= segments; i++) {
      List<byte[]> frames = test.begin(i);
      test.events(frames, 20);
      if (i == segments) {
        frames.add(test.mark(test.stored, test.stored, 0));
      }
      test.write(i, frames);
      test.seal(i, true);
    }
    test.manifest =
        test.manifest.withSession(SESSION, Manifest.State.CLEAN).withDurable(test.nextSequence - 1);
    ManifestFile.write(store, test.manifest);
    return test;
  }

  /** Closed segments, and one more that a crash left open and not cut. */
  static TestStore crashed(Path store, int segments) {
    TestStore test = closed(store, segments);
    List<byte[]> frames = test.begin(segments + 1);
    test.events(frames, 20);
    test.write(segments + 1, frames);
    test.manifest = test.manifest.withState(Manifest.State.OPEN).withSegment(test.begun);
    ManifestFile.write(store, test.manifest);
    return test;
  }

  long nextSequence() {
    return nextSequence;
  }

  Path queueFile(long segment) {
    return SegmentFiles.queueFile(store, segment);
  }

  List<byte[]> begin(long segment) {
    begun = SegmentEntry.open(segment, nextSequence, frameNumber, previousCrc, logTime);
    List<byte[]> frames = new ArrayList<>();
    ByteBuffer start = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    start.put(STORE_ID_BYTES).putLong(segment).putInt(SESSION);
    frames.add(frame(FrameFormat.KIND_SEGMENT_START, 1, start.array()));
    ByteBuffer ledger = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    ledger.putInt(0, SESSION).putShort(4, (short) 7).putLong(24, stored);
    frames.add(frame(FrameFormat.KIND_LEDGER, 1, ledger.array()));
    return frames;
  }

  void events(List<byte[]> frames, int count) {
    for (int i = 0; i < count; i++) {
      logTime += random.nextInt(1000);
      byte[] payload = new byte[random.nextInt(100)];
      random.nextBytes(payload);
      stored += 2;
      byte[] first = event(1024, 7, payload);
      byte[] second = event(1025, 7, payload);
      frames.add(
          frame(
              FrameFormat.KIND_EVENTS,
              2,
              ByteBuffer.allocate(first.length + second.length).put(first).put(second).array()));
    }
  }

  /** A frame with a closing ledger mark. */
  byte[] mark(long offered, long markedStored, long dropped) {
    PayloadWriter out = new PayloadWriter();
    BuiltinTypes.LEDGER_MARK
        .codec()
        .encode(new LedgerMark(SESSION, 7, 0, offered, markedStored, dropped, false, true), out);
    byte[] payload = java.util.Arrays.copyOf(out.array(), out.position());
    return frame(FrameFormat.KIND_EVENTS, 1, event(BuiltinTypes.LEDGER_MARK.id(), 0, payload));
  }

  long stored() {
    return stored;
  }

  private static byte[] event(int type, int producer, byte[] payload) {
    ByteBuffer event = ByteBuffer.allocate(24 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    event.putInt(24 + payload.length).putShort((short) type).put((byte) 1).put((byte) 0);
    event.putShort((short) producer).putShort((short) 0).putInt(0).putLong(5).put(payload);
    return event.array();
  }

  byte[] frame(int kind, int count, byte[] body) {
    ByteBuffer frame = ByteBuffer.allocate(64 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(FrameFormat.MAGIC).put((byte) 1).put((byte) kind).putShort((short) 0);
    frame.putLong(frameNumber++).putLong(nextSequence).putLong(logTime).putLong(-1);
    frame.putInt(count).putInt(body.length).putInt(0).putInt(previousCrc).putInt(SESSION);
    frame.putInt(0).put(body);
    CRC32C crc = new CRC32C();
    crc.update(frame.array(), 0, 60);
    crc.update(frame.array(), 64, body.length);
    previousCrc = (int) crc.getValue();
    nextSequence += kind == FrameFormat.KIND_EVENTS ? count : 0;
    return frame.putInt(60, previousCrc).array();
  }

  void write(long segment, List<byte[]> frames) {
    Path folder = SegmentFiles.folder(store, segment);
    StoreSecurity.createDirectory(folder);
    try (ChronicleQueue queue =
            SingleChronicleQueueBuilder.binary(folder.toFile())
                .blockSize(64 << 10)
                .rollCycle(LegacyRollCycles.MINUTELY)
                .timeProvider(() -> 0L)
                .syncMode(SyncMode.NONE)
                .build();
        ExcerptAppender appender = queue.createAppender()) {
      for (byte[] frame : frames) {
        try (DocumentContext context = appender.writingDocument()) {
          context.wire().bytes().write(frame, 0, frame.length);
        }
      }
    }
  }

  void seal(long segment, boolean hash) {
    Path file = queueFile(segment);
    SegmentIndex.Builder index = new SegmentIndex.Builder();
    ScanResult scan =
        SegmentScan.scan(file, begun.before(), Long.MAX_VALUE, frame -> index.add(frame));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(scan.endOffset());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path folder = SegmentFiles.folder(store, segment);
    Path temporary = store.resolve(ManifestFile.TEMPORARY_DIRECTORY);
    SegmentIndexFile.write(
        SegmentFiles.indexFile(folder), temporary, STORE_ID_BYTES, segment, index.view());
    keys(segment, SegmentFiles.keysFile(folder), KeyFile.Content.KEYS, new KeyEntries());
    keys(segment, SegmentFiles.tagsFile(folder), KeyFile.Content.CONDITIONS, new KeyEntries());
    ChainState end = scan.after();
    manifest =
        manifest.withSegment(
            begun.seal(
                nextSequence - 1,
                scan.frames(),
                scan.endOffset(),
                end.crc(),
                end.logTimeNanos(),
                hash ? FileHash.sha256(file, scan.endOffset()) : null));
    ManifestFile.write(store, manifest);
  }

  /** Writes a file of keys or tags of the segment that was begun last. */
  void keys(long segment, Path file, KeyFile.Content content, KeyEntries entries) {
    KeyFile.write(
        file,
        store.resolve(ManifestFile.TEMPORARY_DIRECTORY),
        content,
        STORE_ID_BYTES,
        segment,
        begun.firstSequence(),
        nextSequence,
        entries);
  }

  /** Changes one byte of a file. */
  static void flip(Path file, long offset) {
    edit(file, bytes -> bytes[(int) offset] ^= 8);
  }

  /** Changes the bytes of a file. */
  static void edit(Path file, java.util.function.Consumer<byte[]> change) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      change.accept(bytes);
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
