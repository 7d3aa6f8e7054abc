// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Folds the journal into something else: a table, an index, a read model. It only reads events and
 * writes its own output; one that also publishes events is a {@link EventProcess}.
 *
 * <p><b>Thread.</b> All methods are called by one thread, the projection's worker, never two at a
 * time.
 *
 * <p><b>Order of calls.</b> {@link #committed}, {@link #open}, then for every event {@link #apply}
 * and {@link #commitDue}; when that says so, {@link #commit}. {@link #refresh} may come between two
 * events. {@link #close} ends it; after a {@code close} or a crash it begins again with {@code
 * committed}, and every event above the position it opens at comes again.
 *
 * <p><b>What it must keep.</b> Nothing permanent is made outside {@code commit}: the worker calls
 * it only with a position at or below the log's durable sequence. Output and position become
 * permanent together. What it writes, and when {@code commitDue} is true, follows from the events
 * alone: no clock, no random number, no order of hashing, nothing about how events were batched.
 * {@code ProjectionContract} in {@code dev.ringfold.projections.testkit} checks all of this.
 */
public interface Projection extends AutoCloseable {
  /** Its stable name: 1 to 64 of the characters {@code a-z0-9._-}, beginning with a letter. */
  String name();

  /** Version of what it writes, from 1; another one than the output's means a rebuild. */
  int version();

  /** Ids of the event types it wants; empty for all. Must not change while it runs. */
  default Set<Integer> types() {
    return Set.of();
  }

  /**
   * The positions its output can be opened at, newest first; empty when there is no output. Damaged
   * commits are left out. The worker looks for the newest one whose frame the journal still has.
   *
   * @param context where the output is
   */
  List<Position> committed(ProjectionContext context) throws IOException;

  /**
   * Opens the output as it was at this position and removes everything above it.
   *
   * @param position one of {@link #committed}, or {@link Position#START} for an empty output
   */
  void open(Position position, ProjectionContext context) throws IOException;

  /**
   * Takes one event, which is only valid during the call. When it throws, nothing of the event may
   * stay behind: the same event comes again, or the next one when it was put aside. A dead letter
   * that is tried again comes out of order; {@link ProjectionContext#consuming} never goes back.
   *
   * @throws IOException when the world failed and not the event: the projection begins again at its
   *     newest commit, and no event is put aside. The same holds for {@link
   *     java.io.UncheckedIOException}, {@link dev.ringfold.StoreAccessException} and {@link
   *     dev.ringfold.DiskFullException}
   * @throws ProjectionFailedException when it cannot go on whatever the event: it stops
   * @throws Exception when it cannot take this event: the failure policy decides
   */
  void apply(EventView event) throws Exception;

  /** Whether what was applied should be made permanent now, before the next event. */
  boolean commitDue();

  /**
   * Makes everything applied so far permanent, together with the position. Also called without
   * {@link #commitDue} when nothing is waiting, to move the position on; then the output is the
   * same with and without it.
   *
   * @param position of the last event consumed, at or below the durable sequence
   */
  void commit(Position position) throws IOException;

  /**
   * Whether there is applied work that is not permanent. Without any, the worker may move the
   * position on by an empty {@link #commit}, which it does now and then and at the end.
   */
  boolean dirty();

  /**
   * Called when the worker has caught up with the journal, between events: a chance to make work
   * visible that is not permanent yet, at most as often as {@link #refreshIntervalNanos}. As long
   * as it is {@link #dirty} it is also called when nothing came since the last call.
   */
  default void refresh() throws IOException {}

  /**
   * Called at the end of a fold, when no event follows: all work that is not permanent is made
   * visible, whatever was made visible a moment ago.
   */
  default void showAll() throws IOException {
    refresh();
  }

  /** Least time between two calls of {@link #refresh}; {@link Long#MAX_VALUE} for none at all. */
  default long refreshIntervalNanos() {
    return Long.MAX_VALUE;
  }

  /**
   * The log time at which it wants to be called again even if no event comes: then the log writes a
   * {@code ClockTicked}, which has to be among {@link #types}.
   */
  default OptionalLong tickAtNanos() {
    return OptionalLong.empty();
  }

  /**
   * Whether retention has to wait until what was applied is committed, too. When false, retention
   * waits until an event was applied; after a crash the projection goes on at the log's floor, if
   * that lies behind its newest commit, and its output has to bear the gap.
   */
  default boolean needsUncommitted() {
    return true;
  }

  /**
   * Names of its outputs that lie in generations, see {@link OutputGenerations}: it reads and
   * writes each of them at {@link ProjectionContext#output}, so that a rebuild can be switched to
   * by one rename. Files that it has elsewhere in the outputs are exchanged one by one.
   */
  default List<String> outputNames() {
    return List.of();
  }

  /**
   * The version of the output that is there, whether it can be opened or not; empty when there is
   * none, or none that says its version. When it is another one than {@link #version}, the output
   * is made anew beside it.
   */
  default OptionalInt outputVersion(ProjectionContext context) throws IOException {
    return OptionalInt.empty();
  }

  /**
   * The files that follow from the journal up to a commit, for a comparison with an output made
   * again; what is not finished is left out. Called when it is not open.
   *
   * @param position one of {@link #committed}
   * @return empty to compare every file byte by byte
   */
  default Optional<List<OutputFile>> finishedFiles(Position position, ProjectionContext context)
      throws IOException {
    return Optional.empty();
  }

  /**
   * Looks for damage in its output. Called when it is not open here; another process may be writing
   * it.
   *
   * @param full whether to read every byte, and not only whether the newest commit is whole
   */
  default List<OutputProblem> verify(ProjectionContext context, boolean full) throws IOException {
    return List.of();
  }

  /** Its output was exchanged for another generation. Called when it is not open. */
  default void exchanged(ProjectionContext context) throws IOException {}

  /** Deletes the output and everything about it. Called when it is not open. */
  void reset(ProjectionContext context) throws IOException;

  /** Ends without a commit. */
  @Override
  void close() throws IOException;
}
