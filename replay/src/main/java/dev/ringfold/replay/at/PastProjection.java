// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.EventLogReader;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRun;
import dev.ringfold.projections.StateProjection;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A projection as it was at a sequence: folded from the store's newest snapshot at or below it, or
 * from the first event, into a scratch directory, or one that stays. The store's own output is
 * neither needed nor touched. Used by one thread.
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

  /**
   * @param kept where its output goes, empty or not there; null for the scratch directory
   */
  static <P extends Projection> PastProjection<P> open(
      EventLogReader log,
      P projection,
      Path snapshots,
      Path scratch,
      @Nullable Path kept,
      long sequence)
      throws IOException {
    if (kept != null) {
      requireEmpty(kept);
    }
    for (int attempt = 1; ; attempt++) {
      Path place = scratch.resolve(Integer.toString(attempt));
      Path outputs = kept == null ? place.resolve("outputs") : kept;
      try {
        return fold(
            log, projection, snapshots.resolve(projection.name()), place, outputs, sequence);
      } catch (NoSuchFileException trimmed) {
        // The store's worker makes a new snapshot and deletes its oldest one at any time.
        if (attempt == MAX_ATTEMPTS) {
          throw trimmed;
        }
      }
    }
  }

  private static <P extends Projection> PastProjection<P> fold(
      EventLogReader log, P projection, Path snapshots, Path place, Path outputs, long sequence)
      throws IOException {
    Files.createDirectories(place);
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
      // It was empty before: what is half made is not left behind.
      DirectoryTree.delete(outputs);
      throw e;
    }
  }

  private static void requireEmpty(Path kept) throws IOException {
    if (!Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(kept)) {
      if (files.iterator().hasNext()) {
        throw new FileAlreadyExistsException(
            kept.toString(), null, "there are files in it; name an empty directory, or a new one");
      }
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
   * paths and bytes. What lies beside the outputs that it names, such as a script with the paths of
   * this directory, is left out.
   */
  public String hash() throws IOException {
    return projection instanceof StateProjection state
        ? Fingerprints.hex(bytes(state))
        : Fingerprints.tree(outputs(), projection.outputNames());
  }

  /** The bytes of a state, as a snapshot holds them. */
  public static byte[] bytes(StateProjection state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    state.writeState(out);
    out.flush();
    return bytes.toByteArray();
  }

  /** Closes the projection; a scratch directory goes with the view. */
  @Override
  public void close() throws IOException {
    run.close();
  }
}
