// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.Event;
import dev.ringfold.event.StreamKey;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.NamedTextFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link EventProcess} as its worker sees it: a projection whose output is the journal itself.
 * The positions it may be opened at are in the control directory:
 *
 * <pre>
 * ringfold-process 1
 * position &lt;sequence&gt; &lt;8 hex, CRC32C of its frame&gt;      the newest first, at most 16
 * ...
 * crc32c &lt;8 hex&gt;
 * </pre>
 */
final class ProcessProjection implements Projection, Emitter {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessProjection.class);

  private static final String SUFFIX = ".process";
  private static final int POSITIONS_KEPT = 16;

  /** Answered events between two saved positions; so many come again after a crash. */
  private static final int COMMIT_EVENTS = 1_000;

  private static final int MAX_OUTSTANDING = 1_024;
  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(30);
  private static final UUID NO_CORRELATION = new UUID(0, 0);

  private record Emitted(StreamKey stream, Event event, AppendOptions options) {}

  private final EventProcess process;
  private final EventLog log;
  private final NamedTextFiles files;
  private final List<Emitted> emitted = new ArrayList<>();
  private final Deque<CompletableFuture<AppendOutcome>> outstanding = new ArrayDeque<>();
  private final Deque<Position> positions = new ArrayDeque<>();
  private @Nullable Producer producer;
  private @Nullable ProjectionContext context;
  private long newestEmitted = -1;
  private int answered;

  ProcessProjection(EventProcess process, EventLog log) {
    this.process = process;
    this.log = log;
    this.files =
        new NamedTextFiles(
            log.directory().resolve(ControlFiles.DIRECTORY),
            "ringfold-process 1",
            "Delete it: the process looks at all events again, and emits nothing twice",
            "projection.position");
  }

  @Override
  public String name() {
    return process.name();
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Set<Integer> types() {
    return process.types();
  }

  @Override
  public List<Position> committed(ProjectionContext surroundings) {
    List<Position> found = new ArrayList<>();
    try {
      List<String> lines = files.read(name() + SUFFIX);
      for (String line : lines == null ? List.<String>of() : lines) {
        String[] parts = line.split(" ");
        found.add(new Position(Long.parseLong(parts[1]), HexFormat.fromHexDigits(parts[2])));
      }
    } catch (CorruptJournalException e) {
      LOG.warn("Process {} looks at all events again", name(), e);
      found.clear();
    }
    return found;
  }

  @Override
  public void open(Position position, ProjectionContext surroundings) {
    context = surroundings;
    positions.clear();
    for (Position kept : committed(surroundings)) {
      if (kept.sequence() <= position.sequence()) {
        positions.addLast(kept);
      }
    }
    producer = log.producer("process-" + name());
    newestEmitted = -1;
    answered = 0;
  }

  @Override
  public void apply(EventView event) throws Exception {
    emitted.clear();
    process.apply(event, this);
    Producer target = Objects.requireNonNull(producer, "producer");
    int index = 0;
    for (Emitted answer : emitted) {
      if (outstanding.size() >= MAX_OUTSTANDING) {
        settleOldest();
      }
      UUID correlation = answer.options().correlation();
      AppendOptions options =
          answer
              .options()
              .key(name() + "/" + event.sequence() + "/" + index++)
              .context(correlation == null ? NO_CORRELATION : correlation, event.sequence())
              .eventTimeNanos(event.eventTimeNanos());
      outstanding.add(
          target.append(log.stream(answer.stream()), answer.event(), AckLevel.JOURNAL, options));
    }
    answered++;
  }

  @Override
  public void emit(StreamKey stream, Event event, AppendOptions options) {
    if (emitted.size() >= MAX_EVENTS) {
      throw new IllegalStateException(
          "process " + name() + " emits more than " + MAX_EVENTS + " events for one");
    }
    emitted.add(new Emitted(stream, event, options));
  }

  @Override
  public LogNames names() {
    return Objects.requireNonNull(context, "context").names();
  }

  @Override
  public Event decode(EventView event) {
    return Objects.requireNonNull(context, "context").decode(event);
  }

  @Override
  public boolean commitDue() {
    return answered >= COMMIT_EVENTS;
  }

  @Override
  public void commit(Position position) throws IOException {
    while (!outstanding.isEmpty()) {
      settleOldest();
    }
    // The position must not survive a power loss that the answers do not.
    if (!log.awaitDurable(newestEmitted, ACK_TIMEOUT)) {
      throw new IOException("sequence " + newestEmitted + " was not on disk within " + ACK_TIMEOUT);
    }
    FaultPoint.hit("projection.process.acked");
    positions.addFirst(position);
    while (positions.size() > POSITIONS_KEPT) {
      positions.removeLast();
    }
    files.write(
        name() + SUFFIX,
        positions.stream()
            .map(
                kept ->
                    "position "
                        + kept.sequence()
                        + " "
                        + HexFormat.of().toHexDigits(kept.frameCrc()))
            .toList());
    answered = 0;
  }

  private void settleOldest() throws IOException {
    AppendOutcome outcome;
    try {
      outcome = outstanding.removeFirst().get(ACK_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RingfoldException known) {
        throw known;
      }
      throw new IOException("what process " + name() + " emitted was not stored", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no acknowledgement within " + ACK_TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DriveStopped();
    }
    if (outcome.isStored()) {
      newestEmitted = Math.max(newestEmitted, outcome.receipt().lastSequence());
    } else if (!(outcome instanceof AppendOutcome.KeyWindowExpired)) {
      throw new ProjectionFailedException(
          "Process "
              + name()
              + " answers an event otherwise than it did before: "
              + outcome
              + ". What it emits has to follow from the event alone");
    }
  }

  /** What is not saved yet is only looked at again: the position may move on at any time. */
  @Override
  public boolean dirty() {
    return false;
  }

  @Override
  public void reset(ProjectionContext surroundings) {
    files.delete(name() + SUFFIX);
  }

  @Override
  public void close() {
    outstanding.clear();
    context = null;
    if (producer != null) {
      producer.close();
      producer = null;
    }
  }
}
