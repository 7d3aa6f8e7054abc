// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventView;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.projections.OutputFile;
import dev.ringfold.projections.OutputGenerations;
import dev.ringfold.projections.OutputProblem;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one immutable file for each range of sequences when the range's last event is durable. The
 * file is its own commit, see {@link RangeEncoder}; a restart folds at most one range again.
 */
final class IndexProjection implements Projection {
  static final String NAME = "index";

  private static final Logger LOG = LoggerFactory.getLogger(IndexProjection.class);
  private static final String FAULT_PREFIX = "eventIndex";

  private final RangeDraft draft;
  private final RangeEncoder encoder = new RangeEncoder();
  private @Nullable ProjectionContext context;
  private Path directory = Path.of("");

  /** A range whose last event was left out, so that only the next one showed its end. */
  private byte @Nullable [] ended;

  private long endedFirst;
  private long committedSequence;

  IndexProjection(Grain grain) {
    draft = new RangeDraft(grain);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return RangeEncoder.VERSION;
  }

  /** Files after a gap do not count: what is behind it is made again. */
  @Override
  public List<Position> committed(ProjectionContext at) throws IOException {
    List<Position> positions = new ArrayList<>();
    long expected = -1;
    for (Path file : IndexFiles.list(directory(at))) {
      if (expected >= 0 && IndexFiles.first(file) != expected) {
        LOG.warn("Index: there is no file for sequence {}, it is made again from there", expected);
        break;
      }
      try {
        RangeFile range = RangeFile.read(file);
        requireSame(range, file);
        positions.add(range.position());
        expected = range.first() + range.grain().range();
      } catch (CorruptJournalException e) {
        LOG.warn("Index: {} is passed over, it is made again from there", file, e);
        break;
      }
    }
    Collections.reverse(positions);
    return positions;
  }

  private void requireSame(RangeFile range, Path file) {
    if (range.first() != IndexFiles.first(file) || !range.grain().equals(draft.grain())) {
      throw new CorruptJournalException(
          file,
          -1,
          -1,
          "it is of the range that begins at " + range.first() + ", " + range.grain(),
          "Delete it: the projection writes it again");
    }
  }

  private static Path directory(ProjectionContext at) throws IOException {
    return at.output(IndexFiles.DIRECTORY);
  }

  /** A file says where its events begin: what is before is read by everybody who looks for it. */
  @Override
  public boolean needsUncommitted() {
    return false;
  }

  @Override
  public List<String> outputNames() {
    return List.of(IndexFiles.DIRECTORY);
  }

  @Override
  public OptionalInt outputVersion(ProjectionContext at) throws IOException {
    // A file of another version is no commit, so that there is nothing to go on from.
    return IndexFiles.list(directory(at)).isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(RangeEncoder.VERSION);
  }

  @Override
  public Optional<List<OutputFile>> finishedFiles(Position position, ProjectionContext at)
      throws IOException {
    List<OutputFile> files = new ArrayList<>();
    for (Path file : IndexFiles.list(directory(at))) {
      if (IndexFiles.first(file) <= position.sequence()) {
        files.add(new OutputFile(String.valueOf(file.getFileName()), file));
      }
    }
    return Optional.of(files);
  }

  @Override
  public List<OutputProblem> verify(ProjectionContext at, boolean full) throws IOException {
    List<OutputProblem> problems = new ArrayList<>();
    List<Path> files = IndexFiles.list(directory(at));
    for (Path file : full ? files : files.subList(Math.max(0, files.size() - 1), files.size())) {
      try {
        requireSame(RangeFile.read(file), file);
      } catch (CorruptJournalException e) {
        problems.add(new OutputProblem(file, String.valueOf(e.getMessage())));
      }
    }
    return problems;
  }

  @Override
  public void open(Position position, ProjectionContext at) throws IOException {
    context = at;
    directory = directory(at);
    if (!Files.isDirectory(directory)) { // It may be a link to one.
      StoreSecurity.ensureDirectory(directory);
    }
    for (Path file : IndexFiles.list(directory)) {
      if (IndexFiles.first(file) > position.sequence()) {
        Files.deleteIfExists(file);
      }
    }
    IndexFiles.deleteUnfinished(directory);
    ended = null;
    committedSequence = position.sequence();
    draft.clear(draft.grain().first(position.sequence() + 1));
  }

  @Override
  public void apply(EventView event) {
    final long sequence = event.sequence();
    if (!draft.takes(sequence)) {
      if (sequence < draft.first() + draft.grain().range()) {
        return; // Left out at its place, and tried again now: there it counts as unknown.
      }
      beginAnother(sequence);
    }
    draft.add(event);
  }

  private void beginAnother(long sequence) {
    if (!draft.isEmpty()) {
      ended = encode();
      endedFirst = draft.first();
    }
    draft.clear(draft.grain().first(sequence));
  }

  private byte[] encode() {
    return encoder.encode(draft, Objects.requireNonNull(context, "not open").names());
  }

  @Override
  public boolean commitDue() {
    return draft.isFull() || ended != null;
  }

  @Override
  public void commit(Position position) throws IOException {
    byte[] waiting = ended;
    if (waiting != null) {
      write(endedFirst, waiting);
      committedSequence = endedFirst + draft.grain().range() - 1;
      ended = null;
    }
    if (draft.isFull()) {
      write(draft.first(), encode());
      committedSequence = draft.first() + draft.grain().range() - 1;
      draft.clear(committedSequence + 1);
    }
  }

  private void write(long first, byte[] content) {
    DurableFile.write(directory.resolve(IndexFiles.name(first)), directory, content, FAULT_PREFIX);
  }

  /** True inside of a range, also when all of its events so far were left out. */
  @Override
  public boolean dirty() {
    ProjectionContext current = context;
    return commitDue()
        || !draft.isEmpty()
        || (current != null && current.consuming() > committedSequence);
  }

  @Override
  public void reset(ProjectionContext at) throws IOException {
    try {
      new OutputGenerations(at.outputs(), IndexFiles.DIRECTORY).deleteAll();
    } catch (RingfoldException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    context = null;
    ended = null;
  }
}
