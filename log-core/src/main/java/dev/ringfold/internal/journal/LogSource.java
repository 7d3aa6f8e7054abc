// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What tailers of the process that writes the log read from: it knows exactly what is written. */
public final class LogSource implements JournalSource {
  /** Who would park so long is woken instead. */
  private static final long SLEEP_FROM_NANOS = 10_000_000L;

  /** Most nanoseconds until a sleeper looks again by itself. */
  private static final long SLEEP_NANOS_MAX = 1_000_000_000L;

  private final Path store;
  private final ManifestStore manifests;
  private final Forcer forcer;
  private final SegmentKeeper keeper;
  private final SegmentIndexCache indexes;
  private final TailerRegistry tailers = new TailerRegistry();

  public LogSource(Path store, ManifestStore manifests, Forcer forcer, SegmentKeeper keeper) {
    this.store = store;
    this.manifests = manifests;
    this.forcer = forcer;
    this.keeper = keeper;
    this.indexes = new SegmentIndexCache(store, manifests.current());
  }

  @Override
  public Path store() {
    return store;
  }

  @Override
  public Manifest manifest() {
    return manifests.current();
  }

  @Override
  public long writtenSequence() {
    return forcer.writtenSequence();
  }

  @Override
  public long writtenOffset(long segment) {
    SegmentWriter writer = keeper.writerOf(segment);
    return writer == null ? UNKNOWN_OFFSET : writer.writtenPosition();
  }

  @Override
  public void await(long seen, long nanos, long mostNanos) {
    if (nanos < SLEEP_FROM_NANOS) {
      JournalSource.super.await(seen, nanos, mostNanos);
    } else {
      forcer.awaitWritten(seen, Math.min(mostNanos, SLEEP_NANOS_MAX));
    }
  }

  /** Who reads in this process. */
  public TailerRegistry tailers() {
    return tailers;
  }

  @Override
  public ReadLease lease() {
    return tailers.open();
  }

  @Override
  public @Nullable SegmentIndex index(SegmentEntry entry) {
    SegmentWriter writer = keeper.writerOf(entry.number());
    return writer == null ? indexes.index(entry) : writer.index().view();
  }
}
