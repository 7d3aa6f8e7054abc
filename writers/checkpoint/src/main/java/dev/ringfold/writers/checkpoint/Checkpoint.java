// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint that was loaded: the list of its tensors is in memory, a tensor is read when it is
 * asked for, and checked before it is given out. Nothing has to be closed. Thread-safe.
 *
 * <p>It does not keep the checkpoint: when that is given up meanwhile, by {@code keepLast} for
 * instance, what was not read yet is a {@link CheckpointNotFoundException}.
 */
public final class Checkpoint {
  /** Names that a message lists. */
  private static final int LISTED = 10;

  private final CheckpointCatalog catalog;
  private final CheckpointSummary summary;
  private final Manifest manifest;

  Checkpoint(CheckpointCatalog catalog, CheckpointSummary summary, Manifest manifest) {
    this.catalog = catalog;
    this.summary = summary;
    this.manifest = manifest;
  }

  /** What the log says about it. */
  public CheckpointSummary summary() {
    return summary;
  }

  /** The epoch, as the caller counts. */
  public long epoch() {
    return summary.epoch();
  }

  /** The sequence of its event. */
  public long sequence() {
    return summary.sequence();
  }

  /** Its name for people when it was loaded, or empty. */
  public String label() {
    return summary.label();
  }

  /** What was to be known about it; numbers are Long, BigInteger or Double. */
  public Map<String, Object> metadata() {
    return CanonicalJson.parseObject(manifest.metadata(), "metadata of " + describe());
  }

  /** As {@link #metadata}, as the JSON that is stored. */
  public String metadataJson() {
    return manifest.metadata();
  }

  /** The groups that have tensors. */
  public List<String> groups() {
    return List.copyOf(manifest.groups());
  }

  /** All tensors, without reading them, by group and name. */
  public List<TensorSummary> tensors() {
    return manifest.tensors().stream()
        .map(
            tensor ->
                new TensorSummary(
                    tensor.group(),
                    tensor.name(),
                    tensor.dtype(),
                    tensor.shape(),
                    tensor.codec(),
                    tensor.rawBytes(),
                    tensor.storedBytes()))
        .toList();
  }

  /** The names of a group's tensors, sorted; empty when there is no such group. */
  public List<String> names(String group) {
    return stored(group).stream().map(StoredTensor::name).toList();
  }

  /** The names of the model's tensors, sorted. */
  public List<String> names() {
    return names(Checkpoints.MODEL_STATE);
  }

  private List<StoredTensor> stored(String group) {
    return manifest.tensors().stream().filter(tensor -> tensor.group().equals(group)).toList();
  }

  /**
   * Reads one tensor, and no more than its chunks.
   *
   * @throws IllegalArgumentException when there is none of this name
   * @throws ChecksumMismatchException when it is damaged
   * @throws CheckpointNotFoundException when the checkpoint was given up meanwhile
   */
  public Tensor tensor(String group, String name) {
    List<StoredTensor> ofGroup = stored(group);
    Optional<StoredTensor> found =
        ofGroup.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
    return read(List.of(
            found.orElseThrow(
                () ->
                    new IllegalArgumentException(
                        describe()
                            + " has no tensor '"
                            + name
                            + "' in "
                            + group
                            + "; it has "
                            + ofGroup.size()
                            + " there, such as "
                            + ofGroup.stream().map(StoredTensor::name).limit(LISTED).toList()))))
        .get(0);
  }

  /** Reads one tensor of the model. */
  public Tensor tensor(String name) {
    return tensor(Checkpoints.MODEL_STATE, name);
  }

  /** Reads the model's tensors, several at a time; as {@link #tensor(String, String)} says. */
  public Map<String, Tensor> modelState() {
    return state(Checkpoints.MODEL_STATE);
  }

  /** Reads the optimizer's tensors, several at a time; as {@link #tensor(String, String)} says. */
  public Map<String, Tensor> optimizerState() {
    return state(Checkpoints.OPTIMIZER_STATE);
  }

  /** Reads a group's tensors, several at a time, sorted by name; empty without such a group. */
  public Map<String, Tensor> state(String group) {
    List<StoredTensor> stored = stored(group);
    List<Tensor> tensors = read(stored);
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < stored.size(); i++) {
      state.put(stored.get(i).name(), tensors.get(i));
    }
    return Collections.unmodifiableMap(state);
  }

  private List<Tensor> read(List<StoredTensor> stored) {
    try {
      return catalog.reader().read(stored);
    } catch (ChecksumMismatchException e) {
      throw e.withNearestGood(catalog.nearestGood(summary, other -> hasWhole(other, stored)));
    } catch (BlobNotFoundException e) {
      throw catalog.gone(summary, e);
    }
  }

  /** Whether another checkpoint has all of these tensors and they can be read. */
  private boolean hasWhole(Manifest other, List<StoredTensor> wanted) {
    List<StoredTensor> same =
        other.tensors().stream()
            .filter(
                tensor ->
                    wanted.stream()
                        .anyMatch(
                            mine ->
                                mine.group().equals(tensor.group())
                                    && mine.name().equals(tensor.name())))
            .toList();
    return same.size() == wanted.size() && catalog.reader().read(same).size() == same.size();
  }

  private String describe() {
    return "The checkpoint of epoch " + epoch() + ", sequence " + sequence() + ",";
  }

  /** Such as {@code epoch 3 of run-1, sequence 120, 14 tensors}. */
  @Override
  public String toString() {
    return "epoch "
        + epoch()
        + " of "
        + summary.run()
        + ", sequence "
        + sequence()
        + ", "
        + summary.tensors()
        + " tensors";
  }
}
