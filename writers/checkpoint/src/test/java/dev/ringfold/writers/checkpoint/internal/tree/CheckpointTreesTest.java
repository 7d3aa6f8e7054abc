// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.Producer;
import dev.ringfold.event.CheckpointCommitted;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.writers.checkpoint.CheckpointDraft;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.CheckpointsBuilder;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.format.SampleTensors;
import dev.ringfold.writers.checkpoint.format.Zarr;
import dev.ringfold.writers.checkpoint.format.ZarrScripts;
import dev.ringfold.writers.checkpoint.format.ZarrTree;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trees of checkpoints that were saved, as other programs see them. */
class CheckpointTreesTest {
  @TempDir Path folder;

  private CheckpointsBuilder builder() {
    return Checkpoints.builder(folder.resolve("store")).keepLast(3);
  }

  private Path output() {
    return folder.resolve("store/outputs/checkpoints");
  }

  private static Map<String, Tensor> model(int epoch) {
    Random random = new Random(SampleTensors.seed() + epoch);
    Map<String, Tensor> model = new TreeMap<>();
    for (DType dtype : DType.values()) {
      model.put("small." + dtype, SampleTensors.random(dtype, random, 3, 5));
    }
    model.put("scalar", SampleTensors.random(DType.FLOAT64, random));
    model.put("empty", Tensor.of(new float[0], 0, 4));
    model.put("block/large.weight", SampleTensors.random(DType.FLOAT32, random, 1_301, 1_000));
    return model;
  }

  private static void save(Checkpoints checkpoints, int from, int to) throws Exception {
    for (int epoch = from; epoch < to; epoch++) {
      Map<String, ?> metadata = Map.of("loss", 1.0 / (epoch + 1), "note", "epoch " + epoch);
      checkpoints
          .save(epoch, model(epoch), Map.of("step", Tensor.of(new long[] {epoch})), metadata)
          .await();
    }
  }

  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (var walked = Files.walk(root)) {
      for (Path file : walked.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString();
        if (!name.startsWith("_")) {
          byte[] bytes = Files.readAllBytes(file);
          files.put(name, SampleTensors.sha256(Tensor.of(bytes, bytes.length)));
        }
      }
    }
    return files;
  }

  private List<Map<String, Object>> registry() throws IOException {
    byte[] bytes = Files.readAllBytes(output().resolve(CheckpointTrees.REGISTRY));
    Map<String, Object> json = CanonicalJson.parseObject(new String(bytes, "UTF-8"), "registry");
    List<Map<String, Object>> entries = new ArrayList<>();
    for (Object entry : (List<?>) json.get("checkpoints")) {
      @SuppressWarnings("unchecked")
      Map<String, Object> map = (Map<String, Object>) entry;
      entries.add(map);
    }
    return entries;
  }

  private List<Path> trees() throws IOException {
    List<Path> trees = new ArrayList<>();
    for (Map<String, Object> entry : registry()) {
      if (entry.get("path") != null) {
        trees.add(output().resolve((String) entry.get("path")));
      }
    }
    return trees;
  }

  private static Map<String, Object> nested(int depth) {
    Map<String, Object> map = Map.of("depth", (long) depth);
    for (int i = 1; i < depth; i++) {
      map = Map.of("in", map);
    }
    return map;
  }

  @Test
  void metadataAreRefusedWhenTheyAreNestedTooDeepForTheList() throws Exception {
    int most = CheckpointDraft.MAX_METADATA_DEPTH;
    try (Checkpoints checkpoints = builder().open()) {
      checkpoints.save(1, model(1), Map.of(), nested(most)).await();
      assertThatThrownBy(() -> checkpoints.save(2, model(2), Map.of(), nested(most + 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("deeper than " + most);
    }
    assertThat(registry()).extracting(entry -> entry.get("metadata")).containsExactly(nested(most));
    assertThat(trees()).hasSize(1);
  }

  @Test
  void metadataOfAnotherProgramThatAreNestedTooDeepForTheListAreLeftOutOfIt() throws Exception {
    try (Checkpoints checkpoints = builder().open()) {
      save(checkpoints, 0, 1);
      CheckpointSummary saved = checkpoints.list().get(0);
      try (Producer producer = checkpoints.log().producer("elsewhere")) {
        for (int depth = 61; depth <= CanonicalJson.MAX_DEPTH; depth++) {
          String metadata = CanonicalJson.text(nested(depth));
          producer.appendAndAwait(
              checkpoints.log().stream("another"),
              new CheckpointCommitted(depth, 1, 1, 1, 1, saved.manifest(), "", metadata),
              AckLevel.DISK);
        }
      }
      save(checkpoints, 1, 2);
    }
    for (int round = 0; round < 2; round++) {
      List<Map<String, Object>> listed = registry();
      assertThat(listed).extracting(one -> one.get("epoch")).contains(0L, 61L, 64L, 1L);
      assertThat(listed.get(1).get("metadata").toString()).contains("depth=61");
      for (Map<String, Object> deeper : listed.subList(2, 5)) {
        assertThat(deeper.get("metadata")).isNull();
      }
      assertThat(trees()).hasSize(6).allMatch(Files::isDirectory);
      builder().open().close();
    }
  }

  @Test
  @Tag("smoke")
  void keptCheckpointsAreTreesAndTheOthersAreOnlyListed() throws Exception {
    List<CheckpointSummary> live;
    try (Checkpoints checkpoints = builder().open()) {
      save(checkpoints, 0, 2);
      checkpoints.pin(checkpoints.list().get(0).sequence(), "paper");
      save(checkpoints, 2, 6);
      assertThat(checkpoints.awaitIdle(Duration.ofSeconds(30))).isTrue();
      checkpoints.label(checkpoints.load(4).sequence(), "best");
      live = checkpoints.list();
    }

    List<Map<String, Object>> registry = registry();
    assertThat(registry)
        .extracting(entry -> entry.get("epoch"))
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    assertThat(registry)
        .extracting(entry -> entry.get("state"))
        .containsExactly("live", "metadata only", "metadata only", "live", "live", "live");
    assertThat(registry.get(0)).containsEntry("pinned", true).containsEntry("pin_reason", "paper");
    assertThat(registry.get(4)).containsEntry("label", "best");
    assertThat(registry.get(5).get("metadata"))
        .isEqualTo(Map.of("loss", 1.0 / 6, "note", "epoch 5"));
    assertThat(registry.get(1)).containsEntry("path", null);
    assertThat(trees()).hasSize(4);
    for (int i = 0; i < 4; i++) {
      ZarrTree tree = Zarr.read(trees().get(i));
      int epoch = (int) live.get(i).epoch();
      assertThat(tree.attributes())
          .containsEntry("epoch", (long) epoch)
          .containsEntry("sequence", live.get(i).sequence())
          .containsEntry("run", Checkpoints.DEFAULT_RUN);
      model(epoch)
          .forEach(
              (name, tensor) ->
                  assertThat(tree.tensors().get("model_state/" + name).contentEquals(tensor))
                      .as(name)
                      .isTrue());
      assertThat(tree.tensors().get("optimizer_state/step").toLongs()).containsExactly(epoch);
      assertThat(tree.tensors()).hasSize(model(epoch).size() + 1);
    }
    try (var entries = Files.list(output())) {
      assertThat(entries.map(path -> path.getFileName().toString()))
          .hasSize(4 + 3)
          .contains("_commits", "_tmp", CheckpointTrees.REGISTRY);
    }
  }

  @Test
  void zarrPythonOpensATreeByTheNamesOfGroupsAndTensors() throws Exception {
    try (Checkpoints checkpoints = builder().open()) {
      save(checkpoints, 7, 8);
    }

    String printed =
        Foreign.python(
            ZarrScripts.PYTHON,
            """
            import hashlib, json, sys
            import numpy as np
            import zarr
            folder = sys.argv[1]
            entry = json.load(open(folder + '/checkpoint_registry.json'))['checkpoints'][-1]
            root = zarr.open(folder + '/' + entry['path'], mode='r')
            weight = root['model_state/block/large.weight']
            print(root.attrs['epoch'], root.attrs['metadata']['note'], weight.shape, weight.dtype)
            print(hashlib.sha256(weight[...].tobytes()).hexdigest())
            print(int(root['optimizer_state']['step'][()]), sorted(root.group_keys()))
            """,
            output());

    Tensor weight = model(7).get("block/large.weight");
    assertThat(printed.lines())
        .containsExactly(
            "7 epoch 7 (1301, 1000) float32",
            SampleTensors.sha256(weight),
            "7 ['model_state', 'optimizer_state']");
  }

  @Test
  void zarritaOpensATreeOfVersion3() throws Exception {
    try (Checkpoints checkpoints = builder().zarr(ZarrVersion.V3).open()) {
      save(checkpoints, 7, 8);
    }
    Path names = folder.resolve("names.txt");
    Files.writeString(names, "model_state/block/large.weight\noptimizer_state/step\n");

    String printed =
        Foreign.node(ZarrScripts.ZARRITA, ZarrScripts.ZARRITA_READ, "3", trees().get(0), names);

    assertThat(printed.lines())
        .containsExactly(
            "model_state/block/large.weight float32 1301,1000 "
                + SampleTensors.sha256(model(7).get("block/large.weight")),
            "optimizer_state/step int64  " + SampleTensors.sha256(Tensor.of(new long[] {7})));
  }

  @Test
  void deletedOutputsAreMadeAgainByteForByte() throws Exception {
    try (Checkpoints checkpoints = builder().open()) {
      save(checkpoints, 0, 5);
      checkpoints
          .save(
              CheckpointDraft.of(5)
                  .modelState(model(5))
                  .codec(ChunkCodec.of("gzip", 6).shuffled())
                  .label("last"))
          .await();
    }
    Map<String, String> before = files(output());
    assertThat(before).hasSizeGreaterThan(3 * model(0).size());
    DirectoryTree.delete(output());

    builder().open().close();

    assertThat(files(output())).isEqualTo(before);
  }

  @Test
  void aTreeThatWasDamagedChangedOrAddedToIsMadeAgainWhenOpened() throws Exception {
    try (Checkpoints checkpoints = builder().open()) {
      save(checkpoints, 0, 3);
    }
    Map<String, String> before = files(output());
    List<Path> trees = trees();
    Files.writeString(trees.get(0).resolve("note.txt"), "hello");
    Path small = trees.get(1).resolve("model_state/small.INT32/0.0");
    Files.setPosixFilePermissions(small, PosixFilePermissions.fromString("rw-------"));
    byte[] bytes = Files.readAllBytes(small);
    bytes[bytes.length / 2] ^= 1;
    Files.write(small, bytes);
    DirectoryTree.delete(trees.get(2));
    Files.createDirectories(output().resolve("epoch-0000000099-00000000000000009999.zarr/x"));
    Files.writeString(output().resolve(CheckpointTrees.REGISTRY), "{}");

    builder().open().close();

    assertThat(files(output())).isEqualTo(before);
  }

  @Test
  void anotherVersionOfZarrChangesTheTreesThatAreThere() throws Exception {
    try (Checkpoints checkpoints = builder().open()) {
      save(checkpoints, 0, 2);
    }
    builder().zarr(ZarrVersion.V3).open().close();

    for (Path tree : trees()) {
      assertThat(tree.resolve("zarr.json")).isRegularFile();
      assertThat(tree.resolve(".zgroup")).doesNotExist();
      assertThat(Zarr.read(tree).tensors()).hasSize(model(0).size() + 1);
    }
  }

  @Test
  void largeChunksAreLinksToBlobsAndTheirSpaceIsFreedWithTheTree() throws Exception {
    try (Checkpoints checkpoints = builder().open()) {
      save(checkpoints, 0, 1);
    }
    Path chunk = trees().get(0).resolve("model_state/block/large.weight/0.0");
    assertThat(Files.getAttribute(chunk, "unix:nlink")).isEqualTo(2);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chunk)))
        .isEqualTo("r--------");
    long sequence;
    try (Checkpoints checkpoints = builder().open()) {
      sequence = checkpoints.list().get(0).sequence();
      checkpoints.remove(sequence);
    }
    assertThat(chunk).doesNotExist();
    assertThat(trees()).isEmpty();
    assertThat(registry().get(0)).containsEntry("state", "metadata only");
    try (var files = Files.walk(folder.resolve("store"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.size(file)).as(file.toString()).isNotEqualTo(bytesOfLargeChunk());
      }
    }
  }

  /** 651 of 1,301 rows of random floats hardly compress. */
  private static long bytesOfLargeChunk() {
    return 651L * 1_000 * Float.BYTES;
  }
}
