// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.Tailer;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import java.nio.file.Path;

/**
 * Bulk bytes lie beside the journal and are on disk before the event that names them. Argument: a
 * directory.
 */
public final class BlobBeforeEvent {
  private static final int TYPE_ID = 2_002;
  private static final int WEIGHTS_LENGTH = 1 << 20;

  private BlobBeforeEvent() {}

  /** A model's weights were saved. */
  record WeightsSaved(int epoch, BlobRef weights) implements Event {}

  static final EventType<WeightsSaved> WEIGHTS_SAVED =
      EventType.builder(
              TYPE_ID,
              "model.WeightsSaved",
              WeightsSaved.class,
              EventCodec.of(
                  (event, out) -> {
                    out.putInt(event.epoch);
                    out.putString(event.weights.id().toString());
                    out.putLong(event.weights.length());
                  },
                  in ->
                      new WeightsSaved(
                          in.readInt(), new BlobRef(BlobId.parse(in.readString()), in.readLong()))))
          .build();

  /** Saves weights and reads them back through the event. */
  public static void main(String[] arguments) {
    byte[] weights = new byte[WEIGHTS_LENGTH];
    weights[42] = 42;
    try (EventLog log = EventLog.builder(Path.of(arguments[0])).register(WEIGHTS_SAVED).build();
        Producer producer = log.producer("trainer")) {
      try (BlobSet set = log.blobs().begin("epoch 1")) {
        BlobRef ref = set.put(weights);
        set.force();
        WeightsSaved saved = new WeightsSaved(1, ref);
        producer.appendAndAwait(log.stream("model"), saved, AckLevel.DISK);
        set.release();
      }
      try (Tailer tailer = log.tailer().types(TYPE_ID).open()) {
        tailer.poll(
            event -> {
              if (tailer.decode(event) instanceof WeightsSaved saved) {
                byte[] bytes = log.blobs().readAll(saved.weights(), WEIGHTS_LENGTH);
                System.out.println("epoch " + saved.epoch() + ": " + bytes.length + " bytes");
              }
            },
            1);
      }
    }
  }
}
