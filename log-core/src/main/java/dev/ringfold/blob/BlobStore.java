// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.LogClosedException;
import dev.ringfold.StoreNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content-addressed blobs of a store: bulk bytes that are written and forced before the event that
 * names them. Equal bytes are stored once.
 *
 * <p>Writing: {@link #begin} a {@link BlobSet}, put, {@link BlobSet#force}, append the event, {@link
 * BlobSet#release}. A blob can be read once its set was forced, and stays at least until its set is
 * released; after that it stays as long as the references given to {@link #gc} hold it.
 *
 * <p>Thread-safe; each {@link BlobSet} belongs to one thread. At most one writing store may be open
 * on a directory, which the log's lock sees to; read-only ones may be open beside it, also in other
 * processes. The disk layout is described in {@code docs/reference/file-formats-blobs.md}.
 *
 * <p>Failures are {@link dev.ringfold.DiskFullException}, {@link dev.ringfold.StoreAccessException},
 * {@link dev.ringfold.UnsafeStoreException} (a symbolic link), {@link CorruptBlobException} and
 * {@link BlobNotFoundException}; after a directory could not be forced, {@link
 * dev.ringfold.LogFailedException} until the store is opened again.
 */
public final class BlobStore implements AutoCloseable {
  /** How old an unreferenced blob must be before it is collected, unless told otherwise. */
  public static final Duration DEFAULT_MIN_AGE = Duration.ofMinutes(10);

  /** Most sets that are begun and not released at one time. */
  public static final int MAX_OPEN_SETS = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(BlobStore.class);

  /** A blob may move from pack to pack between being found and being opened, but not for ever. */
  private static final int MAX_FIND_ATTEMPTS = 8;

  private final BlobFiles files;
  private final BlobLimits limits;
  private final BlobHooks hooks;
  private final LongSupplier clock;
  private final boolean readOnly;
  private final DirectoryForces forces;
  private final Registrations registrations = new Registrations();
  private final PackTable packs;
  private final ReentrantLock collection = new ReentrantLock();
  private final String openName = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
  private final AtomicLong temporaryCount = new AtomicLong();
  private final AtomicLong setCount = new AtomicLong();
  private final AtomicInteger openSets = new AtomicInteger();
  private final AtomicInteger openReaders = new AtomicInteger();
  private long droppedSets;
  private long sweptTempFiles;
  private volatile boolean closed;

  private BlobStore(
      BlobFiles files, LongSupplier clock, BlobLimits limits, BlobHooks hooks, boolean readOnly) {
    this.files = files;
    this.clock = clock;
    this.limits = limits;
    this.hooks = hooks;
    this.readOnly = readOnly;
    this.forces = new DirectoryForces(hooks.syncs());
    this.packs = new PackTable(files);
  }

  /**
   * Internal: the log opens its blob store under its lock; users get it from the log. Creates {@code
   * blobs/} when it is missing, deletes temporary files and drops the sets that a crashed process
   * left.
   *
   * @param storeDirectory the store's directory, already checked
   * @param logTimeNanos the log's clock, nanoseconds since 1970; called from any thread
   * @param limits the bounds to keep
   */
  public static BlobStore open(
      Path storeDirectory, LongSupplier logTimeNanos, BlobLimits limits) {
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
    BlobStore store = new BlobStore(files, logTimeNanos, limits, hooks, false);
    try {
      BlobFiles.createDirectory(files.root);
      for (Path directory : List.of(files.sets, files.temporary, files.packs)) {
        BlobFiles.createDirectory(directory);
      }
      hooks.syncs().forceDirectory(storeDirectory);
      store.forces.force(files.root);
      files.singleDirectories();
      store.sweptTempFiles = deleteAll(files.temporary);
      store.droppedSets = deleteAll(files.sets);
      store.packs.refresh();
    } catch (IOException e) {
      throw BlobFiles.failure("open", files.root, e);
    }
    if (store.droppedSets > 0) {
      LOG.info("{}: dropped {} sets of a crashed process", files.root, store.droppedSets);
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
      BlobStore store = new BlobStore(files, () -> 0L, limits, hooks, true);
      if (Files.exists(files.root)) {
        BlobFiles.requireDirectory(files.root);
        files.singleDirectories();
      }
      store.packs.refresh();
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

  private static long deleteAll(Path directory) throws IOException {
    BlobFiles.requireDirectory(directory);
    long deleted = 0;
    for (Path path : BlobFiles.entries(directory)) {
      Files.delete(path);
      deleted++;
    }
    return deleted;
  }

  /**
   * Begins a set: from now on garbage collection leaves alone what is put into it, whether it is new
   * or was there before, until it is released.
   *
   * @param label says what the set is for, at most 200 printable characters; for people only
   */
  public BlobSet begin(String label) {
    requireWritable();
    if (openSets.incrementAndGet() > MAX_OPEN_SETS) {
      openSets.decrementAndGet();
      throw new IllegalStateException(
          MAX_OPEN_SETS + " blob sets are open already; release or close some first");
    }
    boolean begun = false;
    try {
      String name = openName + "-" + setCount.incrementAndGet() + ".set";
      BlobSet set = new BlobSet(this, label, SetFile.create(this, files.sets.resolve(name), label));
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
      BlobReader reader = openReader(ref.id(), ref.length(), openReaders::decrementAndGet);
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
    BlobPlace place = find(id);
    if (place == null) {
      throw missing(id);
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
          "Blob " + ref.id() + " has " + ref.length() + " bytes, more than the " + maxBytes
              + " asked for; read it in ranges");
    }
    try (BlobReader reader = openReader(ref.id(), ref.length(), () -> {})) {
      return reader.readWhole();
    }
  }

  private BlobReader openReader(BlobId id, long expectedLength, Runnable onClose) {
    for (int attempt = 1; attempt <= MAX_FIND_ATTEMPTS; attempt++) {
      BlobPlace place = find(id);
      if (place == null) {
        break;
      }
      try {
        return BlobReader.open(new BlobRef(id, expectedLength), place, onClose);
      } catch (NoSuchFileException moved) {
        LOG.debug("{} was collected or repacked while it was opened", place.path(), moved);
        refresh();
      } catch (IOException e) {
        throw BlobFiles.failure("open", place.path(), e);
      }
    }
    throw missing(id);
  }

  private BlobNotFoundException missing(BlobId id) {
    return new BlobNotFoundException(id, files.root, packs.damaged().size());
  }

  /** Whether the blob can be read; its bytes are not looked at. */
  public boolean contains(BlobId id) {
    requireOpen();
    return find(id) != null;
  }

  /** All blobs, each once. Directories are read one by one as the stream goes on. */
  public Stream<BlobRef> list() {
    requireOpen();
    refresh();
    try {
      Stream<BlobRef> singles =
          files.singleDirectories().stream()
              .flatMap(directory -> singles(directory).stream())
              .filter(ref -> !packs.contains(ref.id()));
      return Stream.concat(singles, packs.refs().stream());
    } catch (IOException e) {
      throw BlobFiles.failure("list", files.root, e);
    }
  }

  private List<BlobRef> singles(Path directory) {
    List<BlobRef> refs = new ArrayList<>();
    try {
      for (Path path : BlobFiles.entries(directory)) {
        BlobId id = BlobFiles.singleId(path);
        BasicFileAttributes attributes = id == null ? null : BlobFiles.file(path);
        if (id != null && attributes != null) {
          refs.add(new BlobRef(id, attributes.size()));
        }
      }
    } catch (IOException e) {
      throw BlobFiles.failure("list", directory, e);
    }
    return refs;
  }

  /** Counts what is there; looks at every file's attributes. */
  public BlobStats stats() {
    requireOpen();
    refresh();
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
    requireOpen();
    return new BlobCheck(files, found).run();
  }

  /**
   * Says what {@link #gc} would do, and changes nothing.
   *
   * @param references as for {@link #gc}
   * @param minAge as for {@link #gc}
   */
  public GcPlan planGc(Supplier<? extends Predicate<BlobId>> references, Duration minAge) {
    requireWritable();
    return collect(references, minAge, true).plan();
  }

  /**
   * Deletes blobs that are not referenced, not named by a set that is not released, and not young.
   * One collection runs at a time; puts and reads go on meanwhile.
   *
   * @param references called once, after the store has begun to hold on to sets that are released
   *     meanwhile; it must then return a predicate that is true for every blob named by an event
   *     appended so far. A predicate worked out earlier would miss a set committed in between.
   * @param minAge how long ago, by the log's clock, a blob must have been put last; usually {@link
   *     #DEFAULT_MIN_AGE}
   */
  public GcReport gc(Supplier<? extends Predicate<BlobId>> references, Duration minAge) {
    requireWritable();
    return collect(references, minAge, false).report();
  }

  private BlobCollector collect(
      Supplier<? extends Predicate<BlobId>> references, Duration minAge, boolean dryRun) {
    if (minAge.isNegative()) {
      throw new IllegalArgumentException("minAge must not be negative but was " + minAge);
    }
    collection.lock();
    try {
      registrations.beginCollection();
      BlobCollector collector =
          new BlobCollector(this, references.get(), minAge.toNanos(), dryRun);
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

  /** Where the blob is, or null. */
  @Nullable BlobPlace find(BlobId id) {
    BlobPlace place = packs.find(id);
    try {
      if (place == null) {
        place = findSingle(id);
      }
      if (place == null && readOnly) {
        packs.refresh();
        place = packs.find(id);
      }
      return place;
    } catch (IOException e) {
      throw BlobFiles.failure("look for", files.single(id), e);
    }
  }

  private @Nullable BlobPlace findSingle(BlobId id) throws IOException {
    Path path = files.single(id);
    BasicFileAttributes attributes = BlobFiles.file(path);
    return attributes == null ? null : new BlobPlace(path, 0, attributes.size(), false);
  }

  private void refresh() {
    if (readOnly) {
      try {
        packs.refresh();
      } catch (IOException e) {
        throw BlobFiles.failure("list", files.packs, e);
      }
    }
  }

  /** Finds a blob and makes it young, so that it counts as just put. */
  @Nullable BlobPlace findAndTouch(BlobId id) {
    for (int attempt = 1; attempt <= MAX_FIND_ATTEMPTS; attempt++) {
      BlobPlace place = find(id);
      if (place == null) {
        return null;
      }
      try {
        BlobFiles.touch(place.path(), logTimeNanos());
        return place;
      } catch (NoSuchFileException repacked) {
        LOG.debug("{} was repacked while it was looked at", place.path(), repacked);
      } catch (IOException e) {
        throw BlobFiles.failure("touch", place.path(), e);
      }
    }
    return null;
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

  /** Refuses to write when that would eat into the space the journal needs. */
  void requireSpace(Path path, long bytes) {
    long usable = hooks.usableBytes().getAsLong();
    if (usable - limits.diskReserveBytes() < bytes) {
      throw BlobFiles.diskFull(path, bytes, usable, limits.diskReserveBytes(), null);
    }
  }

  long usableBytes() {
    return hooks.usableBytes().getAsLong();
  }

  long logTimeNanos() {
    return clock.getAsLong();
  }

  Path nextTemporary() {
    return files.temporary.resolve(openName + "-" + temporaryCount.incrementAndGet() + ".tmp");
  }

  BlobFiles files() {
    return files;
  }

  BlobLimits limits() {
    return limits;
  }

  BlobHooks hooks() {
    return hooks;
  }

  Syncs syncs() {
    return hooks.syncs();
  }

  DirectoryForces forces() {
    return forces;
  }

  Registrations registrations() {
    return registrations;
  }

  PackTable packs() {
    return packs;
  }

  /**
   * Gives a forced pack its name and lets readers find its blobs there; the caller forces the
   * directory. Does nothing when other sets published the same blobs meanwhile.
   */
  void publish(PackWriter pack) {
    Path target = files.pack(pack.file().hash());
    try {
      forces.change(
          files.packs,
          () -> {
            if (pack.entries().stream().anyMatch(entry -> !packs.contains(entry.id()))) {
              pack.file().moveTo(target);
              packs.add(target, pack.file().length(), pack.entries());
            }
          });
    } catch (IOException e) {
      throw BlobFiles.failure("rename to", target, e);
    }
    hooks.hit(BlobHooks.PACK_RENAMED);
  }
}
