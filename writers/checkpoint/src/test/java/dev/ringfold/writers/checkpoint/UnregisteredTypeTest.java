// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that does not know a type cannot know which blobs its events name. */
class UnregisteredTypeTest {
  private record Attached(String text) implements Event {}

  private static final EventType<Attached> TYPE =
      EventType.builder(
              2_000,
              "Attached",
              Attached.class,
              EventCodec.of(
                  (event, out) -> out.putString(event.text()), in -> new Attached(in.readString())))
          .blobs(event -> List.of())
          .build();

  @TempDir Path directory;

  private long save(Path store) {
    try (Checkpoints checkpoints = Checkpoints.open(store)) {
      double[] values = new double[50_000];
      Arrays.setAll(values, Math::sin);
      return checkpoints
          .save(1, Map.of("w", Tensor.of(values, values.length)), Map.of(), Map.of())
          .await()
          .sequence();
    }
  }

  private static Map<String, Long> blobs(EventLog log) {
    return log.blobs().list().collect(Collectors.toMap(ref -> ref.id().hex(), BlobRef::length));
  }

  @Test
  void nothingIsFreedBeforeTheProgramThatKnowsTheTypeComes() {
    Path store = directory.resolve("store");
    long sequence = save(store);
    try (EventLog log = EventLog.builder(store).register(TYPE).build();
        Producer producer = log.producer("user")) {
      producer.appendAndAwait(log.stream("user"), new Attached("x"), AckLevel.DISK);
    }
    try (Checkpoints stranger = Checkpoints.open(store)) {
      Map<String, Long> before = blobs(stranger.log());
      stranger.remove(sequence);

      assertThat(stranger.list()).isEmpty();
      assertThat(stranger.gc()).isZero();
      assertThat(blobs(stranger.log())).isEqualTo(before);
      assertThat(stranger.health().collectionProblem()).contains("type 2000", "not registered");
    }
    try (Checkpoints owner = Checkpoints.builder(store).log(log -> log.register(TYPE)).open()) {
      owner.gc();
      assertThat(owner.health().collectionProblem()).isEmpty();
      assertThat(blobs(owner.log())).isEmpty();
    }
  }
}
