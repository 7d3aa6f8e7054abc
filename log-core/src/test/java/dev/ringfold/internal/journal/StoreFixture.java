// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** A store with sealed segments of random events, and what must be read from it. */
final class StoreFixture {
  static final long SEED = Long.getLong("ringfold.seed", 20240607L);
  static final String STORE_ID = "00112233445566778899aabbccddeeff";
  static final byte[] STORE_ID_BYTES = HexFormat.of().parseHex(STORE_ID);
  static final long TIME_ZERO = 1_700_000_000_000_000_000L;

  final Path store;
  final List<byte[]> events = new ArrayList<>();
  final List<Long> logTimes = new ArrayList<>();
  final Random random;
  Manifest manifest = Manifest.create(STORE_ID);
  FrameBuilder frames;
  long logTime = TIME_ZERO;
  private long firstFrame;
  private long segmentBegin;
  private int firstCrc;
  private long firstSequence;

  StoreFixture(Path store, long seed) {
    this.store = store;
    this.random = new Random(seed);
    this.frames = new FrameBuilder(ChainState.START, 1);
    try {
      Files.createDirectories(store.resolve(ManifestFile.TEMPORARY_DIRECTORY));
      Files.createDirectories(SegmentFiles.journal(store));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ManifestFile.write(store, manifest);
  }

  /** A store of sealed segments with about so many frames of events each. */
  static StoreFixture sealed(Path store, int segments, int framesEach) {
    StoreFixture fixture = new StoreFixture(store, SEED);
    for (int i = 0; i < segments; i++) {
      fixture.addSealed(i, framesEach);
    }
    fixture.manifest =
        fixture
            .manifest
            .withSession(1, Manifest.State.CLEAN)
            .withDurable(fixture.events.size() - 1L);
    ManifestFile.write(store, fixture.manifest);
    return fixture;
  }

  List<byte[]> preamble(long segment) {
    firstFrame = frames.nextFrame();
    firstCrc = frames.previousCrc();
    firstSequence = frames.nextSequence();
    segmentBegin = tick();
    List<byte[]> documents = new ArrayList<>();
    if (segment % 2 == 1) {
      documents.add(frames.prepared());
    }
    documents.add(frames.segmentStart(STORE_ID_BYTES, segment, segmentBegin));
    documents.add(frames.dictionary(new byte[] {1, 2, 3, (byte) segment}, 1, segmentBegin));
    return documents;
  }

  byte[] randomFrame() {
    int count = 1 + random.nextInt(40);
    long time = tick();
    List<byte[]> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[random.nextInt(200)];
      random.nextBytes(payload);
      byte[] event =
          FrameBuilder.event(1024 + random.nextInt(8), random.nextInt(5), time - 5, payload);
      batch.add(event);
      events.add(event);
      logTimes.add(time);
    }
    return frames.events(time, -1, batch);
  }

  SegmentEntry entry(long segment) {
    return SegmentEntry.open(segment, firstSequence, firstFrame, firstCrc, segmentBegin);
  }

  void addSealed(long segment, int frameCount) {
    List<byte[]> documents = preamble(segment);
    for (int i = 0; i < frameCount; i++) {
      documents.add(randomFrame());
      if (i % 16 == 9) {
        documents.add(frames.dictionary(new byte[] {9, 9, (byte) i, (byte) segment}, 1, logTime));
      }
    }
    Path folder = SegmentFiles.folder(store, segment);
    ChronicleFile.write(folder, documents);
    seal(segment);
  }

  void seal(long segment) {
    Path file = SegmentFiles.queueFile(store, segment);
    SegmentEntry open = entry(segment);
    SegmentIndex.Builder builder = new SegmentIndex.Builder();
    ScanResult result = SegmentScan.scan(file, open.before(), Long.MAX_VALUE, builder::add);
    truncate(file, result.endOffset());
    SegmentIndexFile.write(
        SegmentFiles.indexFile(file.resolveSibling("")),
        store.resolve(ManifestFile.TEMPORARY_DIRECTORY),
        STORE_ID_BYTES,
        segment,
        builder.view());
    manifest =
        manifest.withSegment(
            open.seal(
                frames.nextSequence() - 1,
                frames.nextFrame() - firstFrame,
                result.endOffset(),
                frames.previousCrc(),
                logTime,
                sha256(file)));
    ManifestFile.write(store, manifest);
  }

  StoreFileSource source() {
    return StoreFileSource.open(store);
  }

  long tick() {
    logTime += random.nextInt(1000);
    return logTime;
  }

  static void truncate(Path file, long length) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String sha256(Path file) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(hash);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
