// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventHandler;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.event.EventTypes;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.index.IndexQuery;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.transfer.RowExport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plays a log again, all of it or a part, as fast as it goes or at a factor of the recorded speed.
 * Works on a store that nobody has open and, reading only, on one that is being written: then it
 * ends where the log ended when it began.
 *
 * <pre>{@code
 * Replay.of(store)
 *     .from(Point.parse("epoch:12"))
 *     .runs("run-7")
 *     .speed(2)
 *     .into(event -> System.out.println(event.sequence()));
 * }</pre>
 *
 * <p>Reads only what an index says is worth reading, when there is one ({@link #outputs}). What is
 * not said is everything. Ask for one thing at the end; the same replay may be asked again. One
 * thread.
 */
public final class Replay {
  private final @Nullable EventLogReader given;
  private final Path store;
  private final EventTypes types;
  private final ReplayOptions options = new ReplayOptions();

  private Replay(@Nullable EventLogReader given, Path store, EventTypes types) {
    this.given = given;
    this.store = store;
    this.types = types;
  }

  /** A replay of a log that is open for reading; it stays open. */
  public static Replay of(EventLogReader log) {
    return new Replay(log, log.directory(), log.types());
  }

  /** A replay of the store in a directory; other types than the built-in ones come raw. */
  public static Replay of(Path store) {
    return new Replay(null, store, EventTypes.builtin());
  }

  /** Begins here, included; without it at the oldest event. A time: the first event from then on. */
  public Replay from(Point point) {
    options.from = point;
    return this;
  }

  /** Ends here, included; without it at the end that the log has when the replay begins. */
  public Replay to(Point point) {
    options.to = point;
    return this;
  }

  /** Only events of these types, and of those named before. */
  public Replay types(int... ids) {
    options.query = options.query.types(ids);
    return this;
  }

  /** Only events of streams of these names, whatever their context, and of those named before. */
  public Replay streams(String... names) {
    options.query = options.query.streams(names);
    return this;
  }

  /** As {@link #streams}: a run is a stream. */
  public Replay runs(String... names) {
    return streams(names);
  }

  /** Only events of streams in these spaces, and in those named before. */
  public Replay spaces(String... names) {
    options.query = options.query.spaces(Arrays.asList(names));
    return this;
  }

  /** Only events with this tag, and with all named before. */
  public Replay tag(String name, String value) {
    options.query = options.query.tag(name, value);
    return this;
  }

  /** Only events that pass, in place of all that was said before about types, streams and tags. */
  public Replay matching(IndexQuery query) {
    options.query = query;
    return this;
  }

  /**
   * Keeps the recorded pace.
   *
   * @param factor 1 as recorded, 10 ten times as fast
   */
  public Replay speed(double factor) {
    if (!(factor > 0)) {
      throw new IllegalArgumentException("a speed must be above 0 but was " + factor);
    }
    options.speed = factor;
    return this;
  }

  /** Does not wait: the default. */
  public Replay asFast() {
    return speed(Double.POSITIVE_INFINITY);
  }

  /** Cuts longer pauses, such as that of a night, to this one. */
  public Replay longestPause(Duration longest) {
    options.longestPause = longest;
    return this;
  }

  /** Where the index is; without it in {@code outputs} of the store. */
  public Replay outputs(Path directory) {
    options.outputs = directory;
    return this;
  }

  /**
   * Goes on where the replay of this name stopped, was stopped or was killed; {@link #from} counts
   * only the first time. Its place is among the {@link EventLogReader#positions}, saved every
   * second and at the end. Events since then come again to a handler; a file of events has each
   * once.
   */
  public Replay resumeAs(String name) {
    options.resumeName = name;
    return this;
  }

  /** Hears how far it is, ten times a second. */
  public Replay progress(Progress.Listener listener) {
    options.listener = listener;
    return this;
  }

  /** Stops, between two events, when this becomes true; asked from the thread of the replay. */
  public Replay stopWhen(BooleanSupplier stopping) {
    options.stopping = stopping;
    return this;
  }

  /** For tests: another time than the machine's. */
  Replay time(Pacer.Time time) {
    options.time = time;
    return this;
  }

  /**
   * Gives all events to a handler.
   *
   * @throws IOException when the index cannot be read
   */
  public ReplayReport into(EventHandler handler) throws IOException {
    return intoDecoding(source -> handler);
  }

  /**
   * Gives all events to a handler that decodes them or looks up names.
   *
   * @param handler made when the log is open
   */
  public ReplayReport intoDecoding(Function<EventSource, EventHandler> handler) throws IOException {
    return with(log -> new ReplayDrive(log, options, new HandlerTarget(handler)).run());
  }

  /**
   * Writes the events as JSON Lines: the objects that {@code tail --json} prints. The file appears
   * when it is complete, or not at all; with {@link #resumeAs} it grows instead.
   */
  public ReplayReport toJsonLines(Path file) throws IOException {
    return toLines(EventLines.JSONL, file);
  }

  /** As {@link #toJsonLines}, as CSV with fixed columns, the payload as JSON in the last one. */
  public ReplayReport toCsv(Path file) throws IOException {
    return toLines(EventLines.CSV, file);
  }

  private ReplayReport toLines(EventLines form, Path file) throws IOException {
    return with(
        log -> {
          try (ReplayTarget target =
              options.resumeName == null
                  ? new WholeLinesTarget(file, form, log.types())
                  : LinesTarget.open(file, form, log.types())) {
            return new ReplayDrive(log, options, target).run();
          }
        });
  }

  /**
   * Writes the rows of metrics among the events, a column for each metric, as {@link RowExport}
   * does. The file appears when it is complete, or not at all. Neither waits nor goes on.
   *
   * @throws IOException when the file cannot be written; also for Parquet without a row
   */
  public ReplayReport toRows(RowExport.Format format, Path file) throws IOException {
    refuse(options.resumeName != null, "rows are written in one go; they cannot be resumed");
    refuse(options.speed != Double.POSITIVE_INFINITY, "rows are written as fast as it goes");
    return with(log -> new RowsDrive(log, options).run(format, file));
  }

  /**
   * Folds the events into a projection, and closes it. It goes on from its own newest commit, so a
   * replay that was stopped or killed goes on when it is asked again.
   *
   * @param projection one that is not open
   * @param outputs directory for its output, not one that a runtime writes to
   * @throws dev.ringfold.projections.ProjectionFailedException when it refuses an event
   */
  public ReplayReport into(Projection projection, Path outputs) throws IOException {
    refuse(options.resumeName != null, "a projection knows by itself where it stopped");
    return with(
        log ->
            new ProjectionDrive(log, options)
                .run(projection, outputs, outputs.resolve("snapshots")));
  }

  /** The events one after the other, as fast as they are asked for; close it. */
  public ReplayIterator iterator() {
    refuse(options.resumeName != null, "who goes through the events saves the place himself");
    EventLogReader log = given == null ? EventLogReader.open(store, types) : given;
    try {
      ReplaySpan span = ReplaySpan.of(log, options);
      Path outputs = options.outputs(log.directory());
      var query = options.query.between(span.first(), span.last());
      IndexedTailer tailer =
          span.oldest()
              ? IndexedTailer.openOldest(log, outputs, query)
              : IndexedTailer.open(log, outputs, query);
      return new ReplayIterator(tailer, log, given == null);
    } catch (RuntimeException | Error e) {
      if (given == null) {
        log.close();
      }
      throw e;
    }
  }

  private static void refuse(boolean condition, String why) {
    if (condition) {
      throw new IllegalStateException(why);
    }
  }

  @FunctionalInterface
  private interface Work {
    ReplayReport on(EventLogReader log) throws IOException;
  }

  private ReplayReport with(Work work) throws IOException {
    if (given != null) {
      return work.on(given);
    }
    try (EventLogReader log = EventLogReader.open(store, types)) {
      return work.on(log);
    }
  }

  /** Hands on. */
  private static final class HandlerTarget implements ReplayTarget {
    private final Function<EventSource, EventHandler> handlers;
    private EventHandler handler = event -> {};

    HandlerTarget(Function<EventSource, EventHandler> handlers) {
      this.handlers = handlers;
    }

    @Override
    public void begin(EventSource source) {
      handler = handlers.apply(source);
    }

    @Override
    public void take(EventView event) {
      handler.onEvent(event);
    }
  }
}
