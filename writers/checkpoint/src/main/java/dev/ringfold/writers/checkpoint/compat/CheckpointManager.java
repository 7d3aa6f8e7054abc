// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.CheckpointNotFoundException;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.CheckpointsBuilder;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Saving;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.internal.save.Manifests;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateCheckpoints;
import dev.ringfold.writers.checkpoint.quantum.StatePolicy;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The checkpoint managers of Q-Store and of the Quantum Memory in one.
 *
 * <pre>{@code
 * CheckpointManager manager = new CheckpointManager(Path.of("checkpoints"), 5, "zstd", 3);
 * manager.save(10, Map.of("layer1_weights", weights), Map.of("momentum", momentum),
 *     Map.of("loss", 0.5, "accuracy", 0.9));            // does not wait
 * LoadedCheckpoint state = manager.load(10);
 * manager.listCheckpoints();                            // [8, 9, 10, 11, 12]
 * manager.latestCheckpoint();                           // 12
 *
 * String id = manager.createCheckpoint(quantumInterface, "experiment_start");
 * manager.restoreCheckpoint(quantumInterface, id);
 * }</pre>
 *
 * <p>The log lies in {@code <checkpointDir>.ringfold/}; {@code checkpointDir} is a link to its
 * output with the Zarr trees and {@code checkpoint_registry.json}. Of every run the newest {@code
 * keepLast} checkpoints stay; those of quantum states, which have a name, do not count and stay as
 * long as no other one is given that name.
 *
 * <p>Thread-safe.
 */
public final class CheckpointManager implements AutoCloseable {
  /** The directory without an argument. */
  public static final Path DEFAULT_CHECKPOINT_DIR = Path.of("checkpoints");

  /** Checkpoints that stay, without an argument. */
  public static final int DEFAULT_KEEP_LAST = CheckpointsBuilder.DEFAULT_KEEP_LAST;

  /** The compressor, without an argument. */
  public static final String DEFAULT_COMPRESSION = "zstd";

  /** The compressor's level, without an argument. */
  public static final int DEFAULT_COMPRESSION_LEVEL = 3;

  private static final Path OUTPUT = Path.of("outputs", "checkpoints");

  private final LinkedStore place;
  private final Checkpoints checkpoints;

  /** All defaults. */
  public CheckpointManager() {
    this(DEFAULT_CHECKPOINT_DIR);
  }

  /** Five checkpoints, zstd at level 3. */
  public CheckpointManager(Path checkpointDir) {
    this(checkpointDir, DEFAULT_KEEP_LAST);
  }

  /** Zstd at level 3. */
  public CheckpointManager(Path checkpointDir, int keepLast) {
    this(checkpointDir, keepLast, DEFAULT_COMPRESSION, DEFAULT_COMPRESSION_LEVEL);
  }

  /**
   * Opens the checkpoints.
   *
   * @param checkpointDir where readers find them
   * @param keepLast how many of each run stay
   * @param compression {@code zstd}, {@code gzip}, {@code lz4} or {@code none}
   * @param compressionLevel zstd 1 to 22, gzip 1 to 9, lz4 1, none 0
   * @throws dev.ringfold.RingfoldException when they cannot be opened; the message says why
   */
  public CheckpointManager(
      Path checkpointDir, int keepLast, String compression, int compressionLevel) {
    ChunkCodec codec = ChunkCodec.of(compression, compressionLevel);
    place = new LinkedStore(checkpointDir, "checkpoints");
    place.requireOurLink();
    place.makeParent();
    checkpoints = Checkpoints.builder(place.store()).keepLast(keepLast).codec(codec).open();
    boolean linked = false;
    try {
      place.link(place.store().resolve(OUTPUT));
      linked = true;
    } finally {
      if (!linked) {
        checkpoints.close();
      }
    }
  }

  /** As the longer form, without metadata. */
  public Saving save(
      long epoch, Map<String, Tensor> modelState, Map<String, Tensor> optimizerState) {
    return save(epoch, modelState, optimizerState, Map.of());
  }

  /** Saves without waiting, as {@link Checkpoints#save(long, Map, Map, Map)}. */
  public Saving save(
      long epoch,
      Map<String, Tensor> modelState,
      Map<String, Tensor> optimizerState,
      Map<String, ?> metadata) {
    return checkpoints.save(epoch, modelState, optimizerState, metadata);
  }

  /**
   * Loads the newest checkpoint of an epoch.
   *
   * @throws CheckpointNotFoundException when there is none; names the nearest epochs
   */
  public LoadedCheckpoint load(long epoch) {
    for (CheckpointSummary summary : newestFirst()) {
      if (summary.epoch() == epoch && !StateCheckpoints.isState(summary)) {
        Checkpoint loaded = checkpoints.loadAt(summary.sequence());
        return new LoadedCheckpoint(
            loaded.modelState(), loaded.optimizerState(), loaded.metadata());
      }
    }
    throw new CheckpointNotFoundException("epoch " + epoch, "", listCheckpoints(), null);
  }

  private List<CheckpointSummary> newestFirst() {
    List<CheckpointSummary> all = new ArrayList<>(checkpoints.list());
    java.util.Collections.reverse(all);
    return all;
  }

  /** The epochs that can be loaded, rising. */
  public List<Long> listCheckpoints() {
    return checkpoints.list().stream()
        .filter(summary -> !StateCheckpoints.isState(summary))
        .map(CheckpointSummary::epoch)
        .distinct()
        .sorted()
        .toList();
  }

  /** The highest epoch that can be loaded. */
  public OptionalLong latestCheckpoint() {
    return listCheckpoints().stream().mapToLong(Long::longValue).max();
  }

  /**
   * Saves what an interface holds, and waits until it is on the disk.
   *
   * @param name for people; the checkpoint that had it before loses it
   * @return the checkpoint's id
   */
  public String createCheckpoint(QuantumInterface quantumInterface, String name) {
    return createCheckpoint(quantumInterface.state(), name);
  }

  /**
   * As the other one, of a state. Its vector is stored, up to {@link
   * StatePolicy#DEFAULT_MAX_QUBITS} qubits.
   *
   * @throws dev.ringfold.writers.checkpoint.quantum.StateTooLargeException when it has a larger
   *     vector and no recipe
   */
  public synchronized String createCheckpoint(QuantumState state, String name) {
    long epoch =
        checkpoints.list().stream()
            .filter(StateCheckpoints::isState)
            .mapToLong(CheckpointSummary::epoch)
            .max()
            .orElse(0);
    CheckpointSummary saved =
        checkpoints
            .save(
                StateCheckpoints.draft(epoch + 1, state, StatePolicy.DEFAULT_MAX_QUBITS)
                    .label(name))
            .await();
    return StateCheckpoints.id(saved);
  }

  /**
   * The state of a checkpoint.
   *
   * @param id as {@link #createCheckpoint(QuantumState, String)} gave it
   * @throws CheckpointNotFoundException when there is none; it says what became of it
   */
  public QuantumState restoreCheckpoint(String id) {
    return StateCheckpoints.state(open(id));
  }

  /** Puts the state of a checkpoint into an interface. */
  public void restoreCheckpoint(QuantumInterface quantumInterface, String id) {
    quantumInterface.state(restoreCheckpoint(id));
  }

  private Checkpoint open(String id) {
    CheckpointSummary summary = summary(StateCheckpoints.sequence(id));
    return checkpoints.loadAt(summary.sequence());
  }

  private CheckpointSummary summary(long sequence) {
    return checkpoints.list().stream()
        .filter(one -> one.sequence() == sequence)
        .findFirst()
        .orElseThrow(
            () ->
                new CheckpointNotFoundException(
                    "sequence " + sequence, "", listCheckpoints(), null));
  }

  /** The ids of all quantum checkpoints, oldest first, and their names. */
  public Map<String, String> listStateCheckpoints() {
    Map<String, String> names = new java.util.LinkedHashMap<>();
    checkpoints.list().stream()
        .filter(StateCheckpoints::isState)
        .forEach(summary -> names.put(StateCheckpoints.id(summary), summary.label()));
    return names;
  }

  /** Compares the newest checkpoints of two epochs; reads no tensor. */
  public CheckpointComparison compareCheckpoints(long firstEpoch, long secondEpoch) {
    return compare(ofEpoch(firstEpoch), ofEpoch(secondEpoch));
  }

  /** Compares two checkpoints of quantum states; reads no tensor. */
  public CheckpointComparison compareCheckpoints(String firstId, String secondId) {
    return compare(
        summary(StateCheckpoints.sequence(firstId)), summary(StateCheckpoints.sequence(secondId)));
  }

  private CheckpointSummary ofEpoch(long epoch) {
    return newestFirst().stream()
        .filter(one -> one.epoch() == epoch && !StateCheckpoints.isState(one))
        .findFirst()
        .orElseThrow(
            () -> new CheckpointNotFoundException("epoch " + epoch, "", listCheckpoints(), null));
  }

  private CheckpointComparison compare(CheckpointSummary first, CheckpointSummary second) {
    Map<String, StoredTensor> before = tensors(first);
    Map<String, StoredTensor> after = tensors(second);
    List<String> unchanged = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    before.forEach(
        (name, tensor) -> {
          StoredTensor other = after.remove(name);
          (other == null ? removed : same(tensor, other) ? unchanged : changed).add(name);
        });
    return new CheckpointComparison(
        Duration.between(first.time(), second.time()),
        second.rawBytes() - first.rawBytes(),
        second.storedBytes() - first.storedBytes(),
        unchanged,
        changed,
        List.copyOf(after.keySet()),
        removed);
  }

  private Map<String, StoredTensor> tensors(CheckpointSummary summary) {
    Manifest manifest = Manifests.read(checkpoints.log().blobs(), summary.manifest());
    Map<String, StoredTensor> tensors = new TreeMap<>();
    manifest.tensors().forEach(one -> tensors.put(one.group() + "/" + one.name(), one));
    return tensors;
  }

  /** Chunks are cut by type and shape alone, so equal elements have equal hashes. */
  private static boolean same(StoredTensor a, StoredTensor b) {
    if (a.dtype() != b.dtype()
        || !java.util.Arrays.equals(a.shape(), b.shape())
        || a.chunks().size() != b.chunks().size()) {
      return false;
    }
    for (int i = 0; i < a.chunks().size(); i++) {
      if (!a.chunks().get(i).rawSha256().equals(b.chunks().get(i).rawSha256())) {
        return false;
      }
    }
    return true;
  }

  /** Counts of all checkpoints. */
  public CheckpointStatistics statistics() {
    List<CheckpointSummary> all = checkpoints.list();
    Optional<Instant> oldest = all.isEmpty() ? Optional.empty() : Optional.of(all.get(0).time());
    Optional<Instant> newest =
        all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1).time());
    return new CheckpointStatistics(
        all.size(),
        (int) all.stream().filter(CheckpointSummary::pinned).count(),
        (int) all.stream().filter(one -> !one.label().isEmpty()).count(),
        all.stream().mapToLong(CheckpointSummary::rawBytes).sum(),
        all.stream().mapToLong(CheckpointSummary::storedBytes).sum(),
        all.stream().mapToLong(CheckpointSummary::newBytes).sum(),
        oldest,
        newest);
  }

  /** Where readers find the trees: a link to an output of the store. */
  public Path checkpointDir() {
    return place.path();
  }

  /** The store with the log and the blobs. */
  public Path storePath() {
    return place.store();
  }

  /** The checkpoints themselves, for what the seeds did not have. */
  public Checkpoints checkpoints() {
    return checkpoints;
  }

  /** Waits for saves, and closes. */
  @Override
  public void close() {
    checkpoints.close();
  }
}
