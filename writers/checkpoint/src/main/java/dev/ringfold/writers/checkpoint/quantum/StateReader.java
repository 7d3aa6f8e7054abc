// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.blob.CorruptBlobException;
import dev.ringfold.event.StateExported;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkGrid;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkReader;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what {@link StateWriter} puts, and checks every checksum. Thread-safe. */
final class StateReader {
  /** Amplitudes given to a {@link VectorSink} at once when they are in memory: 1 MiB. */
  private static final int PIECE = 1 << 16;

  private final BlobStore blobs;
  private final ChunkReader chunks;
  private final int maxQubits;

  /**
   * Creates a reader.
   *
   * @param maxQubits most qubits of a vector that is made again
   */
  StateReader(BlobStore blobs, int maxQubits) {
    this.blobs = blobs;
    this.chunks = new ChunkReader(blobs);
    this.maxQubits = maxQubits;
  }

  /** The manifest of a version. */
  Manifest manifest(SavedState version) {
    String what = "manifest of state " + version.id() + " at sequence " + version.sequence();
    try {
      return Manifest.decode(
          ByteBuffer.wrap(blobs.readAll(version.manifest(), Manifest.MAX_BYTES)), what);
    } catch (CorruptBlobException e) {
      throw new ChecksumMismatchException(
          e.file().toString(), what, e.expected(), e.found(), "", verify(), e);
    } catch (BlobNotFoundException e) {
      throw new ChecksumMismatchException(
          String.valueOf(blobs.store()),
          what,
          version.manifest().id().hex(),
          "no blob",
          "",
          verify(),
          e);
    }
  }

  private String verify() {
    return "ringfold verify " + blobs.store();
  }

  /** What was measured when a version was stored. */
  Map<String, Object> compressionMetrics(SavedState version) {
    return stored(manifest(version), "state " + version.id()).object("compression_metrics").map();
  }

  private static JsonFields stored(Manifest manifest, String where) {
    return JsonFields.of(CanonicalJson.parseObject(manifest.metadata(), where), where)
        .object("stored");
  }

  /** The state as it is stored, every checksum compared. */
  QuantumState stored(SavedState version) {
    return stored(version, manifest(version));
  }

  private QuantumState stored(SavedState version, Manifest manifest) {
    String where = "state " + version.id() + " at sequence " + version.sequence();
    double[] vector = null;
    Map<Integer, Tensor> mps = new TreeMap<>();
    for (StoredTensor tensor : manifest.tensors()) {
      Tensor read = read(tensor);
      if (tensor.name().equals(StateWriter.VECTOR)) {
        vector = read.toDoubles();
      } else if (tensor.name().startsWith(StateWriter.TENSOR_PREFIX)) {
        mps.put(number(tensor.name(), where), read);
      }
    }
    JsonFields fields = JsonFields.of(CanonicalJson.parseObject(manifest.metadata(), where), where);
    QuantumState state =
        StateDocument.state(
            fields.object("state").map(), vector, new ArrayList<>(mps.values()), where);
    requireChecksums(version, state);
    return state;
  }

  private Tensor read(StoredTensor tensor) {
    try {
      return chunks.read(tensor);
    } catch (BlobNotFoundException e) {
      throw new ChecksumMismatchException(
          String.valueOf(blobs.store()),
          tensor.toString(),
          e.id().hex(),
          "no blob",
          "",
          verify(),
          e);
    }
  }

  private static int number(String name, String where) {
    try {
      return Integer.parseInt(name.substring(StateWriter.TENSOR_PREFIX.length()));
    } catch (NumberFormatException e) {
      throw new FormatException(where + ": there is a tensor called " + name, e);
    }
  }

  private void requireChecksums(SavedState version, QuantumState state) {
    StateChecksums found = StateChecksums.of(state);
    requireEqual(version, "metadata", version.metadataChecksum().hex(), found.metadata());
    requireEqual(version, "quantum state", version.checksum().hex(), found.quantumState());
  }

  private void requireEqual(SavedState version, String part, String expected, String found) {
    if (!expected.equals(found)) {
      throw new ChecksumMismatchException(
          String.valueOf(blobs.store()),
          part + " of state " + version.id() + " at sequence " + version.sequence(),
          expected,
          found,
          "",
          verify(),
          null);
    }
  }

  /** The state with its vector made again where it was not stored, up to the cap. */
  QuantumState load(SavedState version) {
    Manifest manifest = manifest(version);
    QuantumState state = stored(version, manifest);
    if (state.vector() != null) {
      return state;
    }
    StateVector made = made(state, maxQubits);
    if (made == null) {
      return state;
    }
    String where = "state " + version.id();
    Object expected = stored(manifest, where).map().get("state_vector_sha256");
    if (expected != null && state.recipe() != null) {
      requireEqual(
          version,
          "vector made again from the recipe",
          String.valueOf(expected),
          StateChecksums.sha256(made.tensor()));
    }
    return state.toBuilder().vector(made.amplitudes()).build();
  }

  /**
   * The vector that a state's recipe or MPS tensors give; null when they give none, or above a cap.
   */
  static @Nullable StateVector made(QuantumState state, int maxQubits) {
    if (!canBeMade(state, maxQubits)) {
      return null;
    }
    Recipe recipe = state.recipe();
    return recipe != null && isOurs(recipe)
        ? Simulator.run(recipe)
        : Mps.ofTensors(state.mps(), Double.NaN).toVector();
  }

  /** Whether {@link #made} gives a vector. */
  static boolean canBeMade(QuantumState state, int maxQubits) {
    if (state.qubits() < 1 || state.qubits() > maxQubits) {
      return false;
    }
    Recipe recipe = state.recipe();
    return (recipe != null && isOurs(recipe)) || Mps.givesVector(state.mps(), state.qubits());
  }

  private static boolean isOurs(Recipe recipe) {
    try {
      recipe.program();
      return true;
    } catch (FormatException foreign) {
      // Of another tool; the tensors may do.
      return false;
    }
  }

  /** Gives a stored vector out chunk by chunk, without holding more than one of them. */
  void stream(SavedState version, VectorSink sink) {
    for (StoredTensor tensor : manifest(version).tensors()) {
      if (tensor.name().equals(StateWriter.VECTOR)) {
        stream(tensor, sink);
        return;
      }
    }
    QuantumState state = load(version);
    double[] vector = state.vector();
    if (vector == null) {
      throw new StateTooLargeException(
          "The vector of state '"
              + version.id()
              + "' with "
              + version.qubits()
              + " qubits is not stored, and cannot be made again up to the cap of "
              + maxQubits
              + " qubits. Raise the cap, or save it with a recipe.");
    }
    stream(vector, sink);
  }

  static void stream(double[] vector, VectorSink sink) {
    for (int at = 0; at < vector.length; at += 2 * PIECE) {
      int count = Math.min(2 * PIECE, vector.length - at);
      sink.accept(at / 2, java.nio.DoubleBuffer.wrap(vector, at, count).slice().asReadOnlyBuffer());
    }
  }

  private void stream(StoredTensor tensor, VectorSink sink) {
    ChunkGrid grid = tensor.grid();
    ByteBuffer buffer = ByteBuffer.allocateDirect(grid.rawLength()).order(ByteOrder.LITTLE_ENDIAN);
    for (int chunk = 0; chunk < grid.chunks(); chunk++) {
      chunks.read(tensor, chunk, buffer.clear());
      sink.accept(grid.start(chunk) / tensor.dtype().bytes(), buffer.flip().asDoubleBuffer());
    }
  }

  /** A finding with another version of the state that is whole, or an export of this one. */
  ChecksumMismatchException withNearestGood(
      ChecksumMismatchException found, SavedState damaged, StateRegistry registry) {
    StateExported exported = registry.exportOf(damaged.sequence());
    if (exported != null) {
      return found.withNearestGood(
          "export '"
              + exported.exportId()
              + "' ("
              + exported.format()
              + ", SHA-256 "
              + exported.sha256()
              + ")");
    }
    List<SavedState> versions = registry.versions(damaged.id());
    for (int i = versions.size() - 1; i >= 0; i--) {
      SavedState other = versions.get(i);
      if (other.sequence() != damaged.sequence() && isWhole(other)) {
        return found.withNearestGood(
            "the version of '" + other.id() + "' at sequence " + other.sequence());
      }
    }
    return found;
  }

  private boolean isWhole(SavedState version) {
    try {
      stored(version);
      return true;
    } catch (RingfoldException damaged) {
      return false;
    }
  }

  /** How many bytes the blobs of a version have, having read and compared all of them. */
  long scrub(SavedState version) {
    stored(version);
    return version.storedBytes();
  }

  @Override
  public String toString() {
    return Objects.toString(blobs.store());
  }
}
