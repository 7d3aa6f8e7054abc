// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.EventLogReader;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRun;
import dev.ringfold.projections.StateProjection;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A projection as it was at a sequence: folded from the store's newest snapshot at or below it, or
 * from the first event, into a scratch directory. The store's own output is neither needed nor
 * touched. Used by one thread.
 *
 * @param <P> the projection
 */
public final class PastProjection<P extends Projection> implements AutoCloseable {
  private static final Pattern SNAPSHOT = Pattern.compile("[0-9]{20}\\.snapshot");
  private static final int SEQUENCE_DIGITS = 20;
  private static final int MAX_ATTEMPTS = 5;

  private final P projection;
  private final ProjectionRun run;
  private final Path outputs;
  private final long from;

  private PastProjection(P projection, ProjectionRun run, Path outputs, long from) {
    this.projection = projection;
    this.run = run;
    this.outputs = outputs;
    this.from = from;
  }

  static <P extends Projection> PastProjection<P> open(
      EventLogReader log, P projection, Path snapshots, Path scratch, long sequence)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      Path place = scratch.resolve(Integer.toString(attempt));
      try {
        return fold(log, projection, snapshots.resolve(projection.name()), place, sequence);
      } catch (NoSuchFileException trimmed) {
        // The store's worker makes a new snapshot and deletes its oldest one at any time.
        if (attempt == MAX_ATTEMPTS) {
          throw trimmed;
        }
      }
    }
  }

  private static <P extends Projection> PastProjection<P> fold(
      EventLogReader log, P projection, Path snapshots, Path place, long sequence)
      throws IOException {
    Files.createDirectories(place);
    Path outputs = place.resolve("outputs");
    Path linked = place.resolve("snapshots");
    link(snapshots, linked.resolve(projection.name()), sequence);
    ProjectionRun run =
        ProjectionRun.open(log, projection, outputs, linked, ProjectionRun.Refused.LEAVE_OUT);
    try {
      Position begin = run.committed();
      if (begin.equals(Position.START) && log.floorSequence() > 0) {
        throw SegmentRetiredException.of(log.directory(), 0, log.floorSequence());
      }
      run.advance(sequence);
      return new PastProjection<>(projection, run, outputs, begin.sequence());
    } catch (IOException | RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  /** Gives a directory of its own to the snapshots that are not of later. */
  private static void link(Path snapshots, Path linked, long sequence) throws IOException {
    if (!Files.isDirectory(snapshots)) {
      return;
    }
    Files.createDirectories(linked);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(snapshots.toRealPath())) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (SNAPSHOT.matcher(name).matches()
            && Long.parseLong(name.substring(0, SEQUENCE_DIGITS)) <= sequence) {
          Files.createSymbolicLink(linked.resolve(name), file);
        }
      }
    }
  }

  /** The projection, with its state as it was; not to be used after {@link #close}. */
  public P projection() {
    return projection;
  }

  /** Sequence of the snapshot that it began with, -1 for none. */
  public long foldedFrom() {
    return from;
  }

  /** How many events it refused that no fact in the journal speaks about. */
  public long refused() {
    return run.refused();
  }

  /** The directory with its output, for a projection that writes files. */
  public Path outputs() throws IOException {
    run.commitIfClean();
    if (run.committed().sequence() < run.consumed()) {
      run.showAll();
    }
    return outputs;
  }

  /**
   * SHA-256 of the state, as a snapshot holds it; for a projection that writes files, of their
   * paths and bytes.
   */
  public String hash() throws IOException {
    return projection instanceof StateProjection state
        ? Fingerprints.hex(bytes(state))
        : Fingerprints.tree(outputs());
  }

  /** The bytes of a state, as a snapshot holds them. */
  public static byte[] bytes(StateProjection state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    state.writeState(out);
    out.flush();
    return bytes.toByteArray();
  }

  /** Closes the projection; its scratch directory goes with the view. */
  @Override
  public void close() throws IOException {
    run.close();
  }
}
