// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5StateFile;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes into the log what an {@code .h5} file has and the log has not. The file is made anew
 * afterwards, and what nobody here knows of it would be gone: so it gets a second name first,
 * {@code <file>.original}. A crash on the way is no matter, the next one goes on. One thread.
 */
final class Hdf5Import {
  /** States of one group, which are in memory together. */
  static final int MAX_GROUP_STATES = 256;

  /** Bytes of arrays of one group; one state alone may have more. */
  private static final long MAX_GROUP_BYTES = 64L << 20;

  private static final int MAX_ORIGINALS = 10_000;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Logger LOG = LoggerFactory.getLogger(Hdf5Import.class);

  private final Path file;
  private final QuantumStore states;
  private final Hdf5Checkpoints checkpoints;

  Hdf5Import(Path file, QuantumStore states, Hdf5Checkpoints checkpoints) {
    this.file = file;
    this.states = states;
    this.checkpoints = checkpoints;
  }

  /**
   * Takes in what is new.
   *
   * @param first whether there was no log before, and so the file is certainly somebody else's
   * @throws RingfoldException when it cannot be read, unless there is a log to make it anew from
   */
  void run(boolean first) {
    boolean listed = false;
    try (Hdf5StateFile open = Hdf5States.open(file)) {
      List<String> newStates = open.ids().stream().filter(id -> states.find(id).isEmpty()).toList();
      Set<String> known = open.checkpointIds().isEmpty() ? Set.of() : checkpoints.ids();
      List<String> newCheckpoints =
          open.checkpointIds().stream().filter(id -> !known.contains(id)).toList();
      listed = true;
      if (first || !newStates.isEmpty() || !newCheckpoints.isEmpty()) {
        keepOriginal();
      }
      takeStates(open, newStates);
      if (!newCheckpoints.isEmpty()) {
        checkpoints.save(newCheckpoints.stream().map(open::readCheckpoint).iterator());
      }
    } catch (RingfoldException e) {
      if (listed || states.list().isEmpty() && checkpoints.isEmpty()) {
        throw e;
      }
      LOG.warn("{}: it can be made anew from the log", e.getMessage());
    }
  }

  private void takeStates(Hdf5StateFile open, List<String> ids) {
    List<QuantumState> group = new ArrayList<>();
    long groupBytes = 0;
    for (String id : ids) {
      QuantumState state = open.read(id);
      long bytes = bytes(state);
      if (group.size() == MAX_GROUP_STATES || groupBytes + bytes > MAX_GROUP_BYTES) {
        save(states, group);
        group.clear();
        groupBytes = 0;
      }
      group.add(state);
      groupBytes += bytes;
    }
    save(states, group);
  }

  private static long bytes(QuantumState state) {
    double[] vector = state.vector();
    return (vector == null ? 0 : (long) vector.length * Double.BYTES)
        + state.mps().stream().mapToLong(Tensor::bytes).sum();
  }

  /** Saves states, all or none, and waits for the disk. */
  static List<SavedState> save(QuantumStore states, Collection<QuantumState> all) {
    try {
      return states.saveAll(all).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RingfoldException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void keepOriginal() {
    try {
      for (int number = 1; number <= MAX_ORIGINALS; number++) {
        Path aside =
            file.resolveSibling(file.getFileName() + ".original" + (number > 1 ? number : ""));
        if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
          linkOrCopy(aside);
          return;
        }
        if (Files.isSameFile(aside, file)) {
          return;
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot keep the original of", file, e);
    }
    throw new RingfoldException(
        "There are " + MAX_ORIGINALS + " originals of " + file + " already. Move some away.");
  }

  private void linkOrCopy(Path aside) throws IOException {
    try {
      Files.createLink(aside, file);
    } catch (FileSystemException | UnsupportedOperationException cannot) {
      LOG.debug("{} is copied to {} since it cannot be linked", file, aside, cannot);
      byte[] buffer = new byte[BUFFER_BYTES];
      try (InputStream in = Files.newInputStream(file);
          TargetFile out = TargetFile.create(aside)) {
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          out.append(buffer, 0, count);
        }
        out.freeze();
      }
    }
  }
}
