// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.format.Hdf5Tensors;
import dev.ringfold.writers.checkpoint.format.Npz;
import dev.ringfold.writers.checkpoint.format.Safetensors;
import dev.ringfold.writers.checkpoint.format.Zarr;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints by the command line: listed, shown, exported, imported, pinned, removed. */
final class CheckpointCommandTest {
  private static final int EPOCHS = 3;
  private static final String NAME = "layer1.weight";

  @TempDir private Path folder;

  private Path store;

  @BeforeEach
  void save() {
    store = folder.resolve("store");
    try (Checkpoints checkpoints = Checkpoints.open(store)) {
      for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        checkpoints
            .save(
                epoch,
                Map.of(NAME, weights(epoch)),
                Map.of("momentum", Tensor.of(new double[] {epoch, -epoch}, 2)),
                Map.of("loss", 1.0 / epoch))
            .await();
      }
    }
  }

  private static Tensor weights(int epoch) {
    float[] values = new float[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = epoch + i / 100f;
    }
    return Tensor.of(values, 3, 4);
  }

  @Test
  void listAndShowTellWhatThereIs() {
    JsonNode list = Ran.ringfold("checkpoint", "list", store, "--json").json();
    Ran show = Ran.ringfold("checkpoint", "show", store, "latest");

    assertThat(list.get("checkpoints")).hasSize(EPOCHS);
    assertThat(list.at("/checkpoints/2/epoch").asInt()).isEqualTo(EPOCHS);
    assertThat(Ran.ringfold("checkpoint", "list", store).lines()).hasSize(EPOCHS + 1);
    assertThat(show.out())
        .contains("of epoch 3")
        .contains("\"loss\":0.333")
        .contains("model_state")
        .contains("[3, 4]")
        .contains("float32");
  }

  @Test
  void oneIsFoundByEpochSequenceAndLabel() {
    long sequence =
        Ran.ringfold("checkpoint", "list", store, "--json")
            .json()
            .at("/checkpoints/1/sequence")
            .asLong();
    assertThat(Ran.ringfold("checkpoint", "label", store, "2", "best").exitCode()).isZero();

    for (String which : new String[] {"2", "@" + sequence, "best"}) {
      JsonNode shown = Ran.ringfold("checkpoint", "show", store, which, "--json").json();
      assertThat(shown.get("sequence").asLong()).as(which).isEqualTo(sequence);
    }
    Ran missing = Ran.ringfold("checkpoint", "show", store, "17");
    assertThat(missing.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(missing.err()).contains("17");
    assertThat(Ran.ringfold("checkpoint", "show", store).exitCode()).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void everyFormatHoldsTheSameTensors() {
    String path = "model_state/" + NAME;
    Path safetensors = folder.resolve("c.safetensors");
    Path npz = folder.resolve("c.npz");
    Path hdf5 = folder.resolve("c.h5");
    Path zarr = folder.resolve("c.zarr");
    Path zarr3 = folder.resolve("c3");
    for (Path target : new Path[] {safetensors, npz, hdf5, zarr}) {
      assertThat(Ran.ringfold("checkpoint", "export", store, "3", "--out", target).exitCode())
          .isZero();
    }
    Ran third = Ran.ringfold("checkpoint", "export", store, "3", "--out", zarr3, "--to", "zarr3");
    assertThat(third.exitCode()).as(third.err()).isZero();

    Tensor expected = weights(3);
    assertThat(Safetensors.read(safetensors).tensors().get(path).contentEquals(expected)).isTrue();
    assertThat(Npz.read(npz).get(path).contentEquals(expected)).isTrue();
    assertThat(Hdf5Tensors.read(hdf5).tensors().get(path).contentEquals(expected)).isTrue();
    assertThat(Zarr.read(zarr).tensors().get(path).contentEquals(expected)).isTrue();
    assertThat(Zarr.read(zarr3).tensors().get(path).contentEquals(expected)).isTrue();
    assertThat(Ran.ringfold("checkpoint", "export", store, "3", "--out", npz).exitCode())
        .as("a file that is there is not replaced")
        .isEqualTo(ExitCodes.FAILED);
  }

  @Test
  void theSameCheckpointGivesTheSameBytes() throws IOException {
    for (String suffix : new String[] {".safetensors", ".npz", ".h5"}) {
      Path first = folder.resolve("first" + suffix);
      Path second = folder.resolve("second" + suffix);
      for (Path target : new Path[] {first, second}) {
        Ran.ringfold(
            "checkpoint", "export", store, "latest", "--out", target, "--group", "model_state");
      }
      assertThat(second).hasSameBinaryContentAs(first);
    }
  }

  @Test
  void whatWasExportedCanBeImported() {
    for (String suffix : new String[] {".safetensors", ".npz", ".h5"}) {
      Path file = folder.resolve("moved" + suffix);
      Path other = folder.resolve("other" + suffix);
      assertThat(Ran.ringfold("checkpoint", "export", store, "2", "--out", file).exitCode())
          .isZero();
      assertThat(Ran.ringfold("init", other).exitCode()).isZero();
      assertThat(Ran.ringfold("import", other, file, "--check").out()).contains("can be imported");

      Ran imported = Ran.ringfold("import", other, file, "--epoch", 9);

      assertThat(imported.exitCode()).as(imported.err()).isZero();
      try (Checkpoints checkpoints = Checkpoints.open(other)) {
        Checkpoint loaded = checkpoints.load(9);
        assertThat(loaded.modelState().get(NAME).contentEquals(weights(2))).isTrue();
        assertThat(loaded.optimizerState().get("momentum").toDoubles()).containsExactly(2, -2);
      }
    }
  }

  @Test
  void pickledObjectsAreRefusedAndNothingIsStored() throws IOException {
    Path other = folder.resolve("other");
    assertThat(Ran.ringfold("init", other).exitCode()).isZero();
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, "cos\nsystem\n(S'true'\ntR.".getBytes(StandardCharsets.US_ASCII));

    Ran ran = Ran.ringfold("import", other, file);

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("bad.safetensors");
    assertThat(Ran.ringfold("checkpoint", "list", other).out()).contains("no checkpoints");
  }

  @Test
  void pinnedOnesStayAndRemovedOnesGo() {
    assertThat(Ran.ringfold("checkpoint", "pin", store, "1", "for the paper").exitCode()).isZero();
    assertThat(Ran.ringfold("checkpoint", "show", store, "1").out()).contains("yes, for the paper");
    assertThat(Ran.ringfold("checkpoint", "rm", store, "2").exitCode()).isZero();

    JsonNode list = Ran.ringfold("checkpoint", "list", store, "--json").json();
    assertThat(list.get("checkpoints")).hasSize(2);
    assertThat(Ran.ringfold("checkpoint", "unpin", store, "1").exitCode()).isZero();
    assertThat(
            Ran.ringfold("checkpoint", "show", store, "1", "--json")
                .json()
                .get("pinned")
                .asBoolean())
        .isFalse();
  }
}
