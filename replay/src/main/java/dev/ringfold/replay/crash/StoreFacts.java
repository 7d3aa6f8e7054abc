// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobReader;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What an undamaged store answers, and whether a damaged one answers the same or says that it cannot.
 * Asked for: all events, events by sequence, idempotency keys, blobs.
 */
final class StoreFacts {
  private static final int SEEKS = 4;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Workload workload;
  private final long seed;
  private final StoreReading whole;
  private final TreeMap<Long, Long> keyedSequences;
  private final List<BlobId> blobs;

  /**
   * @param whole a reading of the undamaged store
   * @param keyedSequences sequences of events with a key by their item
   */
  StoreFacts(
      Workload workload,
      long seed,
      StoreReading whole,
      TreeMap<Long, Long> keyedSequences,
      List<BlobId> blobs) {
    this.workload = workload;
    this.seed = seed;
    this.whole = whole;
    this.keyedSequences = keyedSequences;
    this.blobs = List.copyOf(blobs);
  }

  /** Events in the undamaged store. */
  long events() {
    return whole.nextSequence();
  }

  /** How a damaged store answered. */
  enum Answer {
    /** As if nothing had happened. */
    SAME,
    /** A typed error, or a recovery that told what it cut. */
    DETECTED
  }

  /** A wrong answer without a word. */
  static final class SilentlyWrong extends Exception {
    private static final long serialVersionUID = 1L;

    SilentlyWrong(String message) {
      super(message);
    }
  }

  /** Reads everything without opening the store for writing. */
  Answer askReader(Path store, SplittableRandom random) throws SilentlyWrong {
    try (EventLogReader reader = EventLogReader.open(store, CrashStore.types(workload))) {
      StoreReading reading = StoreReading.of(reader.tailer(), workload.check(seed));
      requireSame(reading, whole.nextSequence());
      for (int i = 0; i < SEEKS; i++) {
        seek(reader.tailer(), random.nextLong(whole.nextSequence()));
      }
      try (BlobStore store1 = reader.blobs()) {
        readBlobs(store1);
      }
      return Answer.SAME;
    } catch (RingfoldException detected) {
      return detected(detected, store);
    }
  }

  /** Opens the store for writing, reads everything and sends a few keys again. */
  Answer askWriter(Path store) throws SilentlyWrong {
    try (EventLog log = CrashStore.builder(store, seed, workload).build();
        Producer producer = log.producer("again")) {
      StoreReading reading = StoreReading.of(log.tailer(), workload.check(seed));
      boolean told = reading.cuts().stream().anyMatch(cut -> !cut.isEmpty());
      if (!told) {
        requireSame(reading, whole.nextSequence());
        resend(log, producer);
      } else {
        requireSame(reading, firstDifference(reading));
      }
      readBlobs(log.blobs());
      return told ? Answer.DETECTED : Answer.SAME;
    } catch (RingfoldException detected) {
      return detected(detected, store);
    }
  }

  private static Answer detected(RingfoldException error, Path store) throws SilentlyWrong {
    String message = String.valueOf(error.getMessage());
    if (!message.contains(store.toString()) && !message.contains("blob")) {
      throw new SilentlyWrong("the error does not say where: " + error);
    }
    return Answer.DETECTED;
  }

  /** After a cut that was told, what is left must be the begin of what was. */
  private long firstDifference(StoreReading reading) {
    long common = Math.min(reading.nextSequence(), whole.nextSequence());
    for (long sequence = 0; sequence < common; sequence++) {
      if (reading.crc(sequence) != whole.crc(sequence)) {
        return sequence;
      }
    }
    return common;
  }

  private void requireSame(StoreReading reading, long until) throws SilentlyWrong {
    if (!reading.problems().isEmpty()) {
      throw new SilentlyWrong("read without an error: " + reading.problems());
    }
    if (reading.nextSequence() < until) {
      throw new SilentlyWrong(
          "the log ends before " + reading.nextSequence() + " without a word, it had " + until);
    }
    for (long sequence = 0; sequence < until; sequence++) {
      if (reading.crc(sequence) != whole.crc(sequence)) {
        throw new SilentlyWrong("sequence " + sequence + " has other bytes");
      }
    }
  }

  private void seek(Tailer.Builder tailers, long sequence) throws SilentlyWrong {
    long[] found = {-1};
    try (Tailer tailer = tailers.fromSequence(sequence).open()) {
      tailer.poll(view -> found[0] = view.sequence(), 1);
    }
    if (found[0] != sequence) {
      throw new SilentlyWrong("sought sequence " + sequence + " and found " + found[0]);
    }
  }

  private void resend(EventLog log, Producer producer) throws SilentlyWrong {
    if (keyedSequences.isEmpty()) {
      return;
    }
    for (long item : new long[] {keyedSequences.firstKey(), keyedSequences.lastKey()}) {
      AppendOutcome outcome =
          producer.appendAndAwait(
              log.stream("keyed"),
              CrashEvent.of(seed, item, Kind.KEYED, 0, 1),
              AckLevel.JOURNAL,
              AppendOptions.NONE.key(seed + "-" + item),
              TIMEOUT);
      long expected = keyedSequences.get(item);
      boolean same =
          outcome instanceof AppendOutcome.Duplicate duplicate
              && duplicate.first().firstSequence() == expected;
      if (!same) {
        throw new SilentlyWrong("key of item " + item + " at " + expected + " gave " + outcome);
      }
    }
  }

  private void readBlobs(BlobStore store) throws SilentlyWrong {
    for (BlobId id : blobs) {
      try (BlobReader in = store.open(id)) {
        ByteBuffer bytes = ByteBuffer.allocate((int) in.length());
        while (bytes.hasRemaining() && in.read(bytes.position(), bytes) > 0) {
          continue;
        }
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        if (!Arrays.equals(hash, id.bytes())) {
          throw new SilentlyWrong("blob " + id + " has other bytes");
        }
      } catch (NoSuchAlgorithmException e) {
        throw new SilentlyWrong("reading blob " + id + " failed with " + e);
      }
    }
  }
}
