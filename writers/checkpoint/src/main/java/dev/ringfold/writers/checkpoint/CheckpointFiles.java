// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.format.Hdf5Tensors;
import dev.ringfold.writers.checkpoint.format.Npz;
import dev.ringfold.writers.checkpoint.format.Safetensors;
import dev.ringfold.writers.checkpoint.format.SafetensorsFile;
import dev.ringfold.writers.checkpoint.format.Zarr;
import dev.ringfold.writers.checkpoint.format.ZarrTree;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints as files of other systems. A tensor {@code layer1.weight} of the group {@code
 * model_state} is called {@code model_state/layer1.weight} in the file; when only one group is
 * exported, it is called {@code layer1.weight}. The same checkpoint gives the same bytes, save for
 * what the JDK's zlib makes of them. Stateless and thread-safe.
 */
public final class CheckpointFiles {
  private static final String EPOCH = "epoch";
  private static final String SEQUENCE = "sequence";
  private static final String METADATA = "metadata";
  private static final int HDF5_GZIP_LEVEL = 6;

  private CheckpointFiles() {}

  /**
   * Writes a checkpoint; the file, or the directory of a Zarr tree, appears complete and forced, or
   * not at all. Its epoch, sequence and metadata go with it where the format has room for texts.
   *
   * @param group only its tensors, or null for all
   * @throws IllegalArgumentException when the checkpoint has no such group
   * @throws FormatException when the format cannot hold it
   * @throws ChecksumMismatchException when a tensor is damaged; nothing is written then
   */
  public static void write(
      Checkpoint checkpoint, CheckpointFormat format, Path target, @Nullable String group) {
    Map<String, Tensor> tensors = tensors(checkpoint, group);
    String epoch = Long.toString(checkpoint.epoch());
    String sequence = Long.toString(checkpoint.sequence());
    Map<String, String> texts =
        Map.of(EPOCH, epoch, SEQUENCE, sequence, METADATA, checkpoint.metadataJson());
    Map<String, Object> attributes = new TreeMap<>();
    attributes.put(EPOCH, checkpoint.epoch());
    attributes.put(SEQUENCE, checkpoint.sequence());
    attributes.put(METADATA, checkpoint.metadataJson());
    switch (format) {
      case SAFETENSORS -> Safetensors.write(target, tensors, texts);
      case NPZ -> Npz.write(target, tensors);
      case HDF5 -> Hdf5Tensors.write(target, tensors, texts, HDF5_GZIP_LEVEL, true);
      case ZARR -> Zarr.write(target, tensors, attributes, ChunkCodec.DEFAULT, ZarrVersion.V2);
      case ZARR3 -> Zarr.write(target, tensors, attributes, ChunkCodec.DEFAULT, ZarrVersion.V3);
    }
  }

  private static Map<String, Tensor> tensors(Checkpoint checkpoint, @Nullable String group) {
    Map<String, Tensor> tensors = new TreeMap<>();
    if (group != null) {
      if (!checkpoint.groups().contains(group)) {
        throw new IllegalArgumentException(
            "Checkpoint "
                + checkpoint.sequence()
                + " has no group '"
                + group
                + "'; it has "
                + String.join(", ", checkpoint.groups()));
      }
      tensors.putAll(checkpoint.state(group));
      return tensors;
    }
    for (String each : checkpoint.groups()) {
      checkpoint.state(each).forEach((name, tensor) -> tensors.put(each + "/" + name, tensor));
    }
    return tensors;
  }

  /**
   * Reads a file as a checkpoint that can be saved. What is called {@code optimizer_state/…} goes
   * to that group, {@code model_state/…} and everything else to the model's.
   *
   * @param epoch of the checkpoint
   * @throws FormatException when the file is not what its format says, is damaged, holds pickled
   *     objects, or is over a limit
   */
  public static CheckpointDraft read(
      Path file, CheckpointFormat format, FormatLimits limits, long epoch) {
    Map<String, Object> metadata = new TreeMap<>();
    metadata.put("imported_from", String.valueOf(file.getFileName()));
    Map<String, Tensor> tensors;
    switch (format) {
      case SAFETENSORS -> {
        SafetensorsFile found = Safetensors.read(file, limits);
        tensors = found.tensors();
        metadata.putAll(found.metadata());
      }
      case NPZ -> tensors = Npz.read(file, limits);
      case HDF5 -> {
        Hdf5Tensors.Content found = Hdf5Tensors.read(file, limits);
        tensors = found.tensors();
        metadata.putAll(found.attributes());
      }
      case ZARR, ZARR3 -> {
        ZarrTree found = Zarr.read(file, limits);
        tensors = found.tensors();
        metadata.putAll(found.attributes());
      }
      default -> throw new AssertionError(format);
    }
    if (tensors.isEmpty()) {
      throw new FormatException(
          file + " holds no tensors; there is nothing to make a checkpoint of");
    }
    CheckpointDraft draft = CheckpointDraft.of(epoch).metadata(metadata);
    tensors.forEach((name, tensor) -> add(draft, name, tensor.frozen()));
    return draft;
  }

  private static void add(CheckpointDraft draft, String name, Tensor tensor) {
    for (String group : new String[] {Checkpoints.MODEL_STATE, Checkpoints.OPTIMIZER_STATE}) {
      if (name.startsWith(group + "/")) {
        draft.tensor(group, name.substring(group.length() + 1), tensor);
        return;
      }
    }
    draft.tensor(Checkpoints.MODEL_STATE, name, tensor);
  }
}
