// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.LogClosedException;
import dev.ringfold.StoreNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content-addressed blobs of a store: bulk bytes that are written and forced before the event
 * that names them. Equal bytes are stored once.
 *
 * <p>Writing: {@link #begin} a {@link BlobSet}, put, {@link BlobSet#force}, append the event,
 * {@link BlobSet#release}. A blob can be read once its set was forced, and stays at least until its
 * set is released; after that it stays as long as the references given to {@link #gc} hold it.
 *
 * <p>Thread-safe; each {@link BlobSet} belongs to one thread. At most one writing store may be open
 * on a directory, which the log's lock sees to; read-only ones may be open beside it, also in other
 * processes. The disk layout is described in {@code docs/reference/file-formats-blobs.md}.
 *
 * <p>Failures are {@link dev.ringfold.DiskFullException}, {@link
 * dev.ringfold.StoreAccessException}, {@link dev.ringfold.UnsafeStoreException} (a symbolic link),
 * {@link CorruptBlobException} and {@link BlobNotFoundException}; after a directory could not be
 * forced, {@link dev.ringfold.LogFailedException} until the store is opened again.
 */
public final class BlobStore implements AutoCloseable {
  /** How old an unreferenced blob must be before it is collected, unless told otherwise. */
  public static final Duration DEFAULT_MIN_AGE = Duration.ofMinutes(10);

  /** Most sets that are begun and not released at one time. */
  public static final int MAX_OPEN_SETS = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(BlobStore.class);

  private final BlobEnvironment environment;
  private final BlobFiles files;
  private final BlobLimits limits;
  private final boolean readOnly;
  private final BlobIndex index;
  private final Registrations registrations = new Registrations();
  private final AbandonedSets abandoned;
  private final ReentrantLock collection = new ReentrantLock();
  private final AtomicInteger openSets = new AtomicInteger();
  private final AtomicInteger openReaders = new AtomicInteger();
  private long droppedSets;
  private long sweptTempFiles;
  private volatile boolean closed;

  private BlobStore(BlobEnvironment environment, boolean readOnly) {
    this.environment = environment;
    this.files = environment.files();
    this.limits = environment.limits();
    this.readOnly = readOnly;
    this.index = new BlobIndex(environment, readOnly);
    this.abandoned = new AbandonedSets(files);
  }

  /**
   * Internal: the log opens its blob store under its lock; users get it from the log. Creates
   * {@code blobs/} when it is missing, deletes temporary files and takes the sets that a crashed
   * process left for {@link #abandoned}.
   *
   * @param storeDirectory the store's directory, already checked
   * @param logTimeNanos the log's clock, nanoseconds since 1970; called from any thread
   * @param limits the bounds to keep
   */
  public static BlobStore open(Path storeDirectory, LongSupplier logTimeNanos, BlobLimits limits) {
    try {
      return open(storeDirectory, logTimeNanos, limits, BlobHooks.production(storeDirectory));
    } catch (NoSuchFileException absent) {
      throw notFound(storeDirectory);
    } catch (IOException e) {
      throw BlobFiles.failure("look at", storeDirectory, e);
    }
  }

  static BlobStore open(
      Path storeDirectory, LongSupplier logTimeNanos, BlobLimits limits, BlobHooks hooks) {
    BlobFiles files = new BlobFiles(storeDirectory);
    BlobStore store = new BlobStore(new BlobEnvironment(files, logTimeNanos, limits, hooks), false);
    try {
      BlobFiles.createDirectory(files.root);
      for (Path directory : List.of(files.sets, files.temporary, files.packs)) {
        BlobFiles.createDirectory(directory);
      }
      hooks.syncs().forceDirectory(storeDirectory);
      store.environment.forces().force(files.root);
      files.singleDirectories();
      store.sweptTempFiles = BlobFiles.deleteAll(files.temporary);
      store.droppedSets = store.abandoned.takeOver();
      store.index.packs().refresh();
    } catch (IOException e) {
      throw BlobFiles.failure("open", files.root, e);
    }
    if (store.droppedSets > 0) {
      LOG.debug("{}: {} sets of a crashed process", files.root, store.droppedSets);
    }
    return store;
  }

  /**
   * Internal: opens the blobs of a store for reading only, also while another process writes them.
   * Changes nothing; a store without blobs is empty.
   */
  public static BlobStore openReadOnly(Path storeDirectory, BlobLimits limits) {
    BlobFiles files = new BlobFiles(storeDirectory);
    try {
      BlobHooks hooks = BlobHooks.production(storeDirectory);
      BlobStore store = new BlobStore(new BlobEnvironment(files, () -> 0L, limits, hooks), true);
      if (Files.exists(files.root)) {
        BlobFiles.requireDirectory(files.root);
        files.singleDirectories();
      }
      store.index.packs().refresh();
      return store;
    } catch (NoSuchFileException absent) {
      throw notFound(storeDirectory);
    } catch (IOException e) {
      throw BlobFiles.failure("open", files.root, e);
    }
  }

  private static StoreNotFoundException notFound(Path storeDirectory) {
    return new StoreNotFoundException(
        "There is no store at " + storeDirectory + ". Create it first, or correct the path.");
  }

  /**
   * Begins a set: from now on garbage collection leaves alone what is put into it, whether it is
   * new or was there before, until it is released.
   *
   * @param label says what the set is for, at most 200 printable characters; for people only
   */
  public BlobSet begin(String label) {
    return begin(label, null);
  }

  /**
   * As {@link #begin(String)}, where files are forced while others are written.
   *
   * @param forces runs the forces, which wait for the disk; one that refuses makes the put fail.
   *     Null to force all files in the end, in the thread of the set
   */
  public BlobSet begin(String label, @Nullable Executor forces) {
    requireWritable();
    if (openSets.incrementAndGet() > MAX_OPEN_SETS) {
      openSets.decrementAndGet();
      throw new IllegalStateException(
          MAX_OPEN_SETS + " blob sets are open already; release or close some first");
    }
    boolean begun = false;
    try {
      BlobSet set = new BlobSet(this, label, SetFile.create(environment, label), forces);
      begun = true;
      return set;
    } finally {
      if (!begun) {
        openSets.decrementAndGet();
      }
    }
  }

  /**
   * Opens a blob for ranged reads and checks its length.
   *
   * @throws BlobNotFoundException when it is not there
   * @throws CorruptBlobException when its length is not the one expected
   * @throws IllegalStateException when too many readers are open
   */
  public BlobReader open(BlobRef ref) {
    requireOpen();
    if (openReaders.incrementAndGet() > limits.maxOpenReaders()) {
      openReaders.decrementAndGet();
      throw new IllegalStateException(
          limits.maxOpenReaders()
              + " blob readers are open already (maxOpenReaders); close some first");
    }
    boolean opened = false;
    try {
      BlobReader reader = index.open(ref, openReaders::decrementAndGet);
      opened = true;
      return reader;
    } finally {
      if (!opened) {
        openReaders.decrementAndGet();
      }
    }
  }

  /** As {@link #open(BlobRef)}, for a blob whose length is not known. */
  public BlobReader open(BlobId id) {
    requireOpen();
    BlobPlace place = index.find(id);
    if (place == null) {
      throw index.missing(id);
    }
    return open(new BlobRef(id, place.length()));
  }

  /**
   * Reads a whole blob and checks its hash.
   *
   * @param maxBytes the most the caller can take
   * @throws IllegalArgumentException when the blob is longer than that
   */
  public byte[] readAll(BlobRef ref, int maxBytes) {
    requireOpen();
    if (ref.length() > maxBytes) {
      throw new IllegalArgumentException(
          "Blob "
              + ref.id()
              + " has "
              + ref.length()
              + " bytes, more than the "
              + maxBytes
              + " asked for; read it in ranges");
    }
    try (BlobReader reader = index.open(ref, () -> {})) {
      return reader.readWhole();
    }
  }

  /** Whether the blob can be read; its bytes are not looked at. */
  public boolean contains(BlobId id) {
    requireOpen();
    return index.find(id) != null;
  }

  /** All blobs, each once. Directories are read one by one as the stream goes on. */
  public Stream<BlobRef> list() {
    requireOpen();
    return index.list();
  }

  /** The directory of the store these blobs belong to. */
  public Path store() {
    return BlobFiles.parent(files.root);
  }

  /** Bytes that readers have read from files since this was opened. */
  public long bytesRead() {
    return index.bytesRead().sum();
  }

  /**
   * Gives a blob a second name as a file of its own, outside the store or in it: a hard link where
   * that is possible, and a copy where it is not.
   *
   * @param target a path that is free, in a directory that is there
   * @return which of the two it is
   * @throws BlobNotFoundException when the blob is not there
   * @throws CorruptBlobException when it is damaged, as far as that is seen: a link is not read
   */
  public BlobLink link(BlobRef ref, Path target) {
    requireOpen();
    return new BlobLinker(index).link(ref, target);
  }

  /** Counts what is there; looks at every file's attributes. */
  public BlobStats stats() {
    requireOpen();
    PackTable packs = index.packs();
    long[] counted = new long[3];
    list()
        .forEach(
            ref -> {
              counted[0]++;
              counted[1] += ref.length();
              counted[2] += packs.contains(ref.id()) ? 0 : 1;
            });
    long packBytes = packs.packs().stream().mapToLong(PackTable.Pack::length).sum();
    return new BlobStats(
        counted[0],
        counted[1],
        counted[2],
        packs.packs().size(),
        packBytes,
        packs.damaged().size(),
        openSets.get(),
        droppedSets,
        sweptTempFiles);
  }

  /**
   * Reads every byte of every blob and pack and compares it with its name.
   *
   * @param found called for each damaged file, on this thread
   * @return bytes read
   */
  public long verifyAll(Consumer<CorruptBlobException> found) {
    return verifyAll(bytes -> {}, found);
  }

  /** As {@link #verifyAll(Consumer)}; {@code progress} hears the bytes so far, and may throw. */
  public long verifyAll(LongConsumer progress, Consumer<CorruptBlobException> found) {
    requireOpen();
    return new BlobCheck(files, progress, found).run();
  }

  /**
   * Says what {@link #gc} would do, and changes nothing.
   *
   * @param references as for {@link #gc}
   * @param minAge as for {@link #gc}
   */
  public GcPlan planGc(Supplier<? extends Predicate<BlobId>> references, Duration minAge) {
    requireWritable();
    return collect(references, minAge, true, null).plan();
  }

  /**
   * Deletes blobs that are not referenced, not named by a set that is not released, and not young;
   * none during a backup or a fork. One collection runs at a time; puts and reads go on meanwhile.
   *
   * @param references called once, after the store has begun to hold on to sets that are released
   *     meanwhile; it must then return a predicate that is true for every blob named by an event
   *     appended so far. A predicate worked out earlier would miss a set committed in between.
   * @param minAge how long ago, by the log's clock, a blob must have been put last; usually {@link
   *     #DEFAULT_MIN_AGE}
   */
  public GcReport gc(Supplier<? extends Predicate<BlobId>> references, Duration minAge) {
    requireWritable();
    GcReport report = collect(references, minAge, false, null).report();
    if (report.keptYoung() + report.keptRegistered() + report.postponed() == 0) {
      abandon("", Set.of());
    }
    return report;
  }

  /**
   * As {@link #gc(Supplier, Duration)} without a least age, but of these blobs alone: all others
   * stay whatever the references say, and are not even looked at.
   *
   * @param only the blobs that may go
   */
  public GcReport gc(Supplier<? extends Predicate<BlobId>> references, Set<BlobId> only) {
    requireWritable();
    return collect(references, Duration.ZERO, false, Set.copyOf(only)).report();
  }

  /**
   * Blobs that are debris as soon as nothing names them: those of sets that a crashed process
   * neither released nor closed, and those told by {@link #abandon}. They stay known until they are
   * replaced, also after another crash.
   *
   * @param labelPrefix what the labels of the sets begin with; whoever collects the blobs has to
   *     know which events may name them
   */
  public Set<BlobId> abandoned(String labelPrefix) {
    requireWritable();
    try {
      return abandoned.ids(labelPrefix);
    } catch (IOException e) {
      throw BlobFiles.failure("read the sets in", files.abandoned, e);
    }
  }

  /**
   * Says which blobs {@link #abandoned} tells of from now on for this label, instead of those it
   * told of before; when this returns that survives a power loss.
   *
   * @param label what their label is, and what the labels of the sets that are replaced begin with
   * @param blobs their ids; none to forget those there were
   */
  public void abandon(String label, Set<BlobId> blobs) {
    requireWritable();
    try {
      abandoned.replace(label, blobs, environment, id -> index.find(id) == null);
    } catch (IOException e) {
      throw BlobFiles.writeFailure(
          "write a set into", files.abandoned, e, 0, environment.usableBytes());
    }
  }

  private BlobCollector collect(
      Supplier<? extends Predicate<BlobId>> references,
      Duration minAge,
      boolean dryRun,
      @Nullable Set<BlobId> only) {
    if (minAge.isNegative()) {
      throw new IllegalArgumentException("minAge must not be negative but was " + minAge);
    }
    collection.lock();
    try {
      registrations.beginCollection();
      BlobCollector collector =
          new BlobCollector(this, references.get(), minAge.toNanos(), dryRun, only);
      collector.run();
      return collector;
    } catch (IOException e) {
      throw BlobFiles.failure("collect garbage in", files.root, e);
    } finally {
      registrations.endCollection();
      collection.unlock();
    }
  }

  /** Closes the store: sets and readers still open fail from now on, except to be closed. */
  @Override
  public void close() {
    closed = true;
  }

  void setClosed() {
    openSets.decrementAndGet();
  }

  void requireOpen() {
    if (closed) {
      throw new LogClosedException("The blob store " + files.root + " is closed. Open it again.");
    }
  }

  private void requireWritable() {
    requireOpen();
    if (readOnly) {
      throw new IllegalStateException(
          "The blob store " + files.root + " is open for reading only; open the log for writing");
    }
  }

  BlobEnvironment environment() {
    return environment;
  }

  BlobIndex index() {
    return index;
  }

  Registrations registrations() {
    return registrations;
  }
}
