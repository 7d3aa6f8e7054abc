// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.LogConfig;
import dev.ringfold.LogOption;
import dev.ringfold.event.Event;
import dev.ringfold.event.ForkBegan;
import dev.ringfold.event.LogOpened;
import dev.ringfold.event.RecoveryCompleted;
import dev.ringfold.internal.io.CounterFile;
import dev.ringfold.internal.io.DiskSpace;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.Host;
import dev.ringfold.internal.jfr.RecoveryDone;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.Forcer;
import dev.ringfold.internal.journal.FrameAssembler;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.JournalSettings;
import dev.ringfold.internal.journal.JournalWriter;
import dev.ringfold.internal.journal.LogClock;
import dev.ringfold.internal.journal.LogState;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestStore;
import dev.ringfold.internal.journal.Recovery;
import dev.ringfold.internal.journal.SealThread;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentKeeper;
import dev.ringfold.internal.journal.SegmentSealer;
import dev.ringfold.internal.journal.SegmentWriter;
import dev.ringfold.internal.keys.ConditionIndex;
import dev.ringfold.internal.keys.KeyWindow;
import dev.ringfold.internal.keys.StreamVersions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running parts of an open log and the order in which they start and stop. The opening thread
 * recovers, begins the session's first segment and writes the opening facts; then the five threads
 * take over.
 */
public final class LogEngine {
  private static final Logger LOG = LoggerFactory.getLogger(LogEngine.class);

  /** In the order in which they are started; {@link LogClosing} knows them by it. */
  private static final String[] THREAD_NAMES = {
    "ringfold-journal", "ringfold-force", "ringfold-segments", "ringfold-ack", "ringfold-seal"
  };

  private final Path store;
  private final ManifestStore manifests;
  private final CounterFile counters;
  private final LogState state = new LogState();
  private final Dictionary dictionary;
  private final Recovery.Outcome recovery;
  private final LogClock clock;
  private final SegmentKeeper keeper;
  private final SealThread sealing;
  private final SegmentSealer sealer;
  private final SegmentKeys segmentKeys;
  private final Forcer forcer;
  private final AckThread acks;
  private final DiskAcks diskAcks;
  private final EventRing ring;
  private final JournalWriter writer;
  private final JournalThread journal;
  private final JournalDuties duties;
  private final ProducerTable producers;
  private final int session;
  private long promisedFloor;
  private final LogClosing closing;

  /**
   * Recovers the store and starts. The caller holds the store's lock.
   *
   * @param clock the wall clock, read once
   * @param space the disk's free space
   * @param diskTotalBytes the disk's size, for the floors that were not configured
   */
  public LogEngine(
      Path store,
      LogConfig config,
      ManifestStore manifests,
      CounterFile counters,
      Clock clock,
      DiskSpace space,
      long diskTotalBytes) {
    this.store = store;
    this.manifests = manifests;
    this.counters = counters;
    JournalSettings settings = JournalSettings.from(config, diskTotalBytes);
    dictionary = new Dictionary(settings.maxFrameBytes() - FrameFormat.HEADER_LENGTH);
    StreamVersions versions = new StreamVersions();
    KeyWindow keys = new KeyWindow((int) config.value(LogOption.KEY_WINDOW));
    ConditionIndex conditions = new ConditionIndex((int) config.value(LogOption.KEY_WINDOW));
    PreviousLedger previous = new PreviousLedger();
    segmentKeys = new SegmentKeys(store, manifests.current());
    sealer = new SegmentSealer(store, manifests, segmentKeys);
    recovery = recover(versions, keys, conditions, previous);
    Manifest begun = manifests.update(m -> m.withSession(m.session() + 1, Manifest.State.OPEN));
    session = (int) begun.session();
    ChainState chain = recovery.chain();
    this.clock =
        new LogClock(epochNanos(clock), Math.max(0, chain.logTimeNanos()), System::nanoTime);
    keeper = new SegmentKeeper(store, settings, state, space, sealer);
    sealing = new SealThread(sealer, keeper, state);
    SegmentEntry last = begun.lastSegment();
    SegmentWriter first = keeper.createFirst(last == null ? 1 : last.number() + 1);
    acks = new AckThread((int) config.value(LogOption.MAX_OUTSTANDING));
    diskAcks = new DiskAcks(acks);
    forcer =
        new Forcer(
            manifests,
            state,
            sealing,
            first,
            chain.nextSequence() - 1,
            settings.forceIntervalNanos(),
            settings.forceBytes(),
            this::onForced);
    AppendGate gate = new AppendGate(versions, keys, conditions, segmentKeys);
    DictionaryFrames names = new DictionaryFrames(dictionary, settings.maxFrameBytes());
    SegmentPreamble preamble = new SegmentPreamble(names, versions, previous, session, gate);
    writer =
        new JournalWriter(settings, manifests, keeper, forcer, this.clock, preamble, first, chain);
    begin(previous, versions);
    SegmentRetirement.finish(this, promisedFloor);
    producers = new ProducerTable(counters, dictionary, session);
    ring = new EventRing((int) config.value(LogOption.RING_SLOTS));
    duties = new JournalDuties(state, session, config.value(LogOption.LEDGER_INTERVAL));
    journal =
        new JournalThread(
            ring,
            writer,
            forcer,
            state,
            gate,
            producers,
            dictionary,
            names,
            diskAcks,
            acks,
            duties,
            new SpaceGuard(keeper, state),
            this::recordFailure);
    preamble.ledgerOf(journal);
    Thread[] threads = startThreads(journal, forcer, keeper, acks, sealing);
    closing = new LogClosing(this, sealing, diskAcks, threads);
  }

  private static Thread[] startThreads(Runnable... loops) {
    Thread[] threads = new Thread[loops.length];
    for (int i = 0; i < loops.length; i++) {
      threads[i] = new Thread(loops[i], THREAD_NAMES[i]);
      threads[i].setDaemon(true);
      threads[i].start();
    }
    return threads;
  }

  private static long epochNanos(Clock clock) {
    java.time.Instant now = clock.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  private Recovery.Outcome recover(
      StreamVersions versions, KeyWindow keys, ConditionIndex conditions, PreviousLedger previous) {
    List<SegmentEntry> sealed =
        manifests.current().segments().stream().filter(SegmentEntry::sealed).toList();
    // First, so that a missing segment is told with its sequences and not as a file without keys.
    Recovery.checkSealed(store, sealed);
    int reread = Math.max(0, sealed.size() - 1);
    segmentKeys.load(sealed.subList(0, reread), conditions, conditions.capacity());
    segmentKeys.sealed().snapshot().loadInto(keys);
    StateRebuilder rebuilder =
        new StateRebuilder(dictionary, versions, keys, conditions, previous, segmentKeys);
    Manifest.Lineage lineage = manifests.current().lineage();
    rebuilder.inherited(lineage == null ? -1 : lineage.sequence());
    conditions.raiseFloor(manifests.current().floorSequence());
    RecoveryDone recorded = RecoveryDone.begun();
    Recovery.Outcome outcome = new Recovery(store, manifests, sealer, rebuilder).recover();
    if (recorded != null) {
      recorded.done(
          outcome.chain().nextSequence() - 1,
          outcome.cutFrames(),
          outcome.cutBytes(),
          outcome.uncleanStop());
    }
    sealed.subList(reread, sealed.size()).forEach(segmentKeys::addSealed);
    promisedFloor = rebuilder.promisedFloor();
    if (isNewFork(outcome.chain())) {
      previous.cutIn(rebuilder.lastSession());
    }
    return outcome;
  }

  /** The session's first frames, forced before the counters of the last session are given up. */
  private void begin(PreviousLedger previous, StreamVersions versions) {
    manifests.update(m -> m.withSegment(writer.firstEntry()));
    manifests.persist();
    // First, since the preamble names the producers that these are about.
    List<Event> closing = previous.closingFacts(counters, dictionary);
    writer.begin();
    FrameAssembler frame = new FrameAssembler(writer.maxFrameBytes());
    FactWriter facts = new FactWriter();
    addFact(frame, facts, versions, new LogOpened(session, formatVersion(), Host.name()));
    Manifest.Lineage lineage = manifests.current().lineage();
    if (lineage != null && isNewFork(recovery.chain())) {
      String name = manifests.current().name();
      Event fact = new ForkBegan(lineage.parentStoreId(), lineage.sequence(), name);
      addFact(frame, facts, versions, fact);
    }
    boolean unclean = recovery.uncleanStop() || !recovery.detail().isEmpty();
    if (unclean || !previous.problem().isEmpty()) {
      addFact(
          frame,
          facts,
          versions,
          new RecoveryCompleted(
              session - 1L,
              recovery.chain().nextSequence() - 1,
              recovery.cutFrames(),
              recovery.cutBytes(),
              recovery.detail() + previous.problem()));
    }
    for (Event fact : closing) {
      addFact(frame, facts, versions, fact);
    }
    writer.writeEvents(frame, writer.logTimeNow());
    forceFirst();
    counters.beginSession(session);
    writer.handOver();
  }

  /** Whether the store has no event yet that it does not share with its parent. */
  private boolean isNewFork(ChainState chain) {
    Manifest.Lineage lineage = manifests.current().lineage();
    return lineage != null && chain.nextSequence() == lineage.sequence() + 1;
  }

  private static String formatVersion() {
    String version = LogEngine.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private void addFact(
      FrameAssembler frame, FactWriter facts, StreamVersions versions, Event fact) {
    if (!facts.add(frame, fact, writer.logTimeNow())) {
      writer.writeEvents(frame, writer.logTimeNow());
      frame.clear();
      facts.add(frame, fact, writer.logTimeNow());
    }
    versions.increment(0);
  }

  private void forceFirst() {
    forcer.force();
    if (state.condition() == LogState.Condition.FAILED) {
      throw new dev.ringfold.LogFailedException(state.reason(), state.cause());
    }
    Path folder = SegmentFiles.folder(store, writer.segmentNumber());
    DurableFile.forceDirectory(folder);
    DurableFile.forceDirectory(SegmentFiles.journal(store));
  }

  /** The next open must not believe the page cache; said twice, since either place may fail. */
  private void recordFailure() {
    counters.markFailed(state.reason());
    try {
      manifests.update(manifest -> manifest.withState(Manifest.State.FAILED));
      manifests.persist();
    } catch (dev.ringfold.RingfoldException e) {
      LOG.warn("The failure of {} could not be written into its manifest", store, e);
    }
  }

  private void onForced(long sequence) {
    if (state.condition() == LogState.Condition.FAILED) {
      recordFailure();
      diskAcks.failAll(
          new dev.ringfold.LogFailedException(
              "The log has failed: " + state.reason(), state.cause()));
      return;
    }
    diskAcks.durable(sequence);
  }

  /**
   * Drains, forces, seals and marks the store clean; see {@link LogClosing}. One thread at a time.
   */
  public LogClosing.Outcome close(long timeoutNanos) {
    return closing.close(timeoutNanos);
  }

  /** Whether no thread of the log can touch the store any more. */
  public boolean hasEnded() {
    return closing.hasEnded();
  }

  public Path store() {
    return store;
  }

  public ManifestStore manifests() {
    return manifests;
  }

  public LogState state() {
    return state;
  }

  public Dictionary dictionary() {
    return dictionary;
  }

  public Recovery.Outcome recovery() {
    return recovery;
  }

  public LogClock clock() {
    return clock;
  }

  public SegmentKeeper keeper() {
    return keeper;
  }

  public Forcer forcer() {
    return forcer;
  }

  public AckThread acks() {
    return acks;
  }

  public EventRing ring() {
    return ring;
  }

  public JournalThread journal() {
    return journal;
  }

  public JournalDuties duties() {
    return duties;
  }

  public ProducerTable producers() {
    return producers;
  }

  public SegmentKeys segmentKeys() {
    return segmentKeys;
  }

  public SegmentSealer sealer() {
    return sealer;
  }

  public CounterFile counters() {
    return counters;
  }

  public int session() {
    return session;
  }

  public JournalWriter writer() {
    return writer;
  }
}
