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
import dev.ringfold.event.LedgerMark;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;

/**
 * What an undamaged store answers, and whether a damaged one answers the same or says that it
 * cannot. Asked for: all events, events by sequence, idempotency keys, blobs.
 */
final class StoreFacts {
  private static final int SEEKS = 4;
  private static final int MAX_BLOB_BYTES = 1 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Workload workload;
  private final long seed;
  private final StoreReading whole;
  private final NavigableMap<Long, Long> keyedSequences;
  private final List<BlobId> blobs;
  private final long position;
  private final LedgerMark account;

  /**
   * @param whole a reading of the undamaged store
   * @param keyedSequences sequences of events with a key by their item
   * @param position the one that was saved
   * @param account the closing mark of the first producer in the first session
   */
  StoreFacts(
      Workload workload,
      long seed,
      StoreReading whole,
      NavigableMap<Long, Long> keyedSequences,
      List<BlobId> blobs,
      long position,
      LedgerMark account) {
    this.workload = workload;
    this.seed = seed;
    this.whole = whole;
    this.keyedSequences = keyedSequences;
    this.blobs = List.copyOf(blobs);
    this.position = position;
    this.account = account;
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
      try (BlobStore blobStore = reader.blobs()) {
        readBlobs(blobStore);
      }
      if (reader.positions().find("crash").stream().noneMatch(p -> p.sequence() == position)) {
        throw new SilentlyWrong("the saved position is no longer " + position);
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
        told = isLowerBound(reading);
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

  /** Whether the ledger says that it does not know all; if it does not, it must be right. */
  private boolean isLowerBound(StoreReading reading) throws SilentlyWrong {
    LedgerMark mark = reading.closingMark(account.session(), account.producer());
    if (mark != null && mark.lowerBound()) {
      return true;
    }
    if (!account.equals(mark)) {
      throw new SilentlyWrong("the ledger says " + mark + ", it said " + account);
    }
    return false;
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
    for (Map.Entry<Long, Long> known :
        List.of(keyedSequences.firstEntry(), keyedSequences.lastEntry())) {
      long item = known.getKey();
      AppendOutcome outcome =
          producer.appendAndAwait(
              log.stream("keyed"),
              CrashEvent.of(seed, item, Kind.KEYED, 0, 1),
              AckLevel.JOURNAL,
              AppendOptions.NONE.key(seed + "-" + item),
              TIMEOUT);
      long expected = known.getValue();
      boolean same =
          outcome instanceof AppendOutcome.Duplicate duplicate
              && duplicate.first().firstSequence() == expected;
      if (!same) {
        throw new SilentlyWrong("key of item " + item + " at " + expected + " gave " + outcome);
      }
      condition(log, producer, item, expected);
    }
  }

  /** The event with this tag is there, so the append must not happen. */
  private void condition(EventLog log, Producer producer, long item, long expected)
      throws SilentlyWrong {
    AppendOptions.Tag tag = new AppendOptions.Tag(MixedWorkload.TAG, Long.toString(item));
    AppendOutcome outcome =
        producer.appendAndAwait(
            log.stream("keyed"),
            CrashEvent.of(seed, item, Kind.SINGLE, 0, 1),
            AckLevel.JOURNAL,
            AppendOptions.NONE.expectNone(
                new AppendOptions.NoneAfter(List.of(CrashEvent.TYPE_ID), tag, -1)),
            TIMEOUT);
    boolean same =
        outcome instanceof AppendOutcome.ConditionConflict conflict
            && conflict.sequence() == expected;
    if (!same && !(outcome instanceof AppendOutcome.ConditionUnknown)) {
      throw new SilentlyWrong("tag of item " + item + " at " + expected + " gave " + outcome);
    }
  }

  /** Whole and checked: bytes of a range alone cannot be compared with a hash of all of them. */
  private void readBlobs(BlobStore store) throws SilentlyWrong {
    for (BlobId id : blobs) {
      try (BlobReader in = store.open(id)) {
        byte[] bytes = store.readAll(in.ref(), MAX_BLOB_BYTES);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
        if (!Arrays.equals(hash, id.bytes())) {
          throw new SilentlyWrong("blob " + id + " has other bytes");
        }
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every JDK has SHA-256", e);
      }
    }
  }
}
