// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.event.StreamKey;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.save.SaveRequest;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What to save: tensors in groups, and what is to be known about them. Not thread-safe; what it was
 * given is looked at by {@link Checkpoints#save(CheckpointDraft)}.
 */
public final class CheckpointDraft {
  /** Deepest nesting of metadata; the lists and trees they are part of have a few levels more. */
  public static final int MAX_METADATA_DEPTH = 60;

  private record Rule(BiPredicate<String, String> names, ChunkCodec codec) {}

  private final long epoch;
  private final Map<String, Map<String, Tensor>> groups = new TreeMap<>();
  private final List<Rule> rules = new ArrayList<>();
  private Map<String, ?> metadata = Map.of();
  private @Nullable String run;
  private @Nullable ChunkCodec codec;
  private String label = "";

  private CheckpointDraft(long epoch) {
    this.epoch = epoch;
  }

  /** Begins a checkpoint of this epoch, as the caller counts. */
  public static CheckpointDraft of(long epoch) {
    return new CheckpointDraft(epoch);
  }

  /** The run it belongs to, instead of the one the store was opened with. */
  public CheckpointDraft run(String id) {
    run = StreamKey.of(id).name();
    return this;
  }

  /** A name for people; a checkpoint that had it before loses it. See {@link CheckpointLabels}. */
  public CheckpointDraft label(String text) {
    label = CheckpointLabels.check(text);
    return this;
  }

  /**
   * What is to be known about it, a JSON object: maps with string keys, lists, strings, numbers,
   * booleans and null, at most 16 MiB, nested at most {@value #MAX_METADATA_DEPTH} deep. NaN and
   * infinities have no form in JSON and are refused.
   */
  public CheckpointDraft metadata(Map<String, ?> values) {
    metadata = values;
    return this;
  }

  /** How all tensors are stored, instead of how the store was opened. */
  public CheckpointDraft codec(ChunkCodec all) {
    codec = all;
    return this;
  }

  /**
   * How some tensors are stored; of several rules that fit, the last one.
   *
   * @param names told the group and the name of a tensor
   */
  public CheckpointDraft codec(BiPredicate<String, String> names, ChunkCodec some) {
    rules.add(new Rule(names, some));
    return this;
  }

  /** How single tensors are stored, by {@code group/name}. */
  public CheckpointDraft codecs(Map<String, ChunkCodec> byName) {
    byName.forEach((path, one) -> codec((group, name) -> path.equals(group + "/" + name), one));
    return this;
  }

  /** The tensors of the model. */
  public CheckpointDraft modelState(Map<String, Tensor> tensors) {
    return group(Checkpoints.MODEL_STATE, tensors);
  }

  /** The tensors of the optimizer. */
  public CheckpointDraft optimizerState(Map<String, Tensor> tensors) {
    return group(Checkpoints.OPTIMIZER_STATE, tensors);
  }

  /**
   * The tensors of a group; one that has tensors already gets more.
   *
   * @param name as a tensor's, see {@link TensorNames}
   */
  public CheckpointDraft group(String name, Map<String, Tensor> tensors) {
    TensorNames.check(name);
    tensors.keySet().forEach(TensorNames::check);
    groups.computeIfAbsent(name, key -> new TreeMap<>()).putAll(tensors);
    return this;
  }

  /** One tensor. */
  public CheckpointDraft tensor(String group, String name, Tensor tensor) {
    return group(group, Map.of(name, tensor));
  }

  /** What is to be done, with what was left open as the store was opened. */
  SaveRequest request(String defaultRun, ChunkCodec defaultCodec) {
    List<ChunkWriter.Request> requests = new ArrayList<>();
    Set<String> folders = new HashSet<>();
    Set<String> paths = new HashSet<>();
    groups.forEach(
        (group, tensors) ->
            tensors.forEach(
                (name, tensor) -> {
                  String path = group + "/" + name;
                  paths.add(path);
                  addFolders(path, folders);
                  requests.add(
                      new ChunkWriter.Request(
                          group, name, tensor, codecOf(group, name, defaultCodec)));
                }));
    checkPaths(paths, requests.size(), folders);
    String json = CanonicalJson.text(metadata, MAX_METADATA_DEPTH);
    checkMetadata(json);
    return new SaveRequest(epoch, run == null ? defaultRun : run, label, json, requests);
  }

  private static void addFolders(String path, Set<String> folders) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (!folders.add(path.substring(0, slash))) {
        return;
      }
    }
  }

  /** In a tree of files no tensor can be where another one's folder is. */
  private static void checkPaths(Set<String> paths, int count, Set<String> folders) {
    if (count > Manifest.MAX_TENSORS) {
      throw new IllegalArgumentException(
          "At most " + Manifest.MAX_TENSORS + " tensors are saved together but these are " + count);
    }
    for (String path : paths) {
      if (folders.contains(path)) {
        throw new IllegalArgumentException(
            "'" + path + "' is a tensor and the folder of others; call one of them another name");
      }
    }
    if (paths.size() < count) {
      throw new IllegalArgumentException(
          "Two tensors have one path; the slashes in their groups and names divide it differently");
    }
  }

  private static void checkMetadata(String json) {
    int bytes = json.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Manifest.MAX_METADATA_BYTES) {
      throw new IllegalArgumentException(
          "Metadata has at most "
              + Manifest.MAX_METADATA_BYTES
              + " bytes as JSON but these are "
              + bytes
              + "; save large values as tensors");
    }
  }

  private ChunkCodec codecOf(String group, String name, ChunkCodec defaultCodec) {
    for (int i = rules.size() - 1; i >= 0; i--) {
      if (rules.get(i).names().test(group, name)) {
        return rules.get(i).codec();
      }
    }
    ChunkCodec all = codec;
    return all == null ? defaultCodec : all;
  }
}
