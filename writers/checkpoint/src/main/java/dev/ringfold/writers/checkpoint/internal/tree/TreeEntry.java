// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A checkpoint as far as the events so far say.
 *
 * @param summary what they say about it
 * @param expired whether it was given up
 * @param reason why, or empty
 */
record TreeEntry(CheckpointSummary summary, boolean expired, String reason) {
  /** The name of its tree. */
  String treeName() {
    return String.format(
        Locale.ROOT, "epoch-%010d-%020d.zarr", summary.epoch(), summary.sequence());
  }

  TreeEntry with(CheckpointSummary changed) {
    return new TreeEntry(changed, expired, reason);
  }

  /** Given up: nobody finds it by a label any more, and nothing keeps it. */
  TreeEntry givenUp(String why) {
    return new TreeEntry(summary.withLabel("").withPin(false, ""), true, why);
  }

  /** What the registry and the commits have in common. */
  Map<String, Object> json() {
    Map<String, Object> json = new HashMap<>();
    json.put("epoch", summary.epoch());
    json.put("sequence", summary.sequence());
    json.put("run", summary.run());
    json.put("label", summary.label());
    json.put("pinned", summary.pinned());
    json.put("pin_reason", summary.pinReason());
    json.put("time", summary.time().toString());
    json.put("raw_bytes", summary.rawBytes());
    json.put("stored_bytes", summary.storedBytes());
    json.put("new_bytes", summary.newBytes());
    json.put("tensors", summary.tensors());
    json.put("manifest", summary.manifest().id().hex());
    json.put("expired_reason", reason);
    return json;
  }

  /** Everything, for a commit. */
  Map<String, Object> commitJson() {
    Map<String, Object> json = json();
    json.put("manifest_bytes", summary.manifest().length());
    json.put("metadata", summary.metadata());
    json.put("expired", expired);
    return json;
  }

  /**
   * What {@link #commitJson} says.
   *
   * @throws IllegalArgumentException when it is something else
   */
  static TreeEntry parse(Map<String, Object> json) {
    try {
      CheckpointSummary summary =
          new CheckpointSummary(
              value(json, "epoch", Long.class),
              value(json, "sequence", Long.class),
              value(json, "run", String.class),
              value(json, "label", String.class),
              value(json, "pinned", Boolean.class),
              value(json, "pin_reason", String.class),
              Instant.parse(value(json, "time", String.class)),
              value(json, "raw_bytes", Long.class),
              value(json, "stored_bytes", Long.class),
              value(json, "new_bytes", Long.class),
              Math.toIntExact(value(json, "tensors", Long.class)),
              new BlobRef(
                  BlobId.parse(value(json, "manifest", String.class)),
                  value(json, "manifest_bytes", Long.class)),
              value(json, "metadata", String.class));
      return new TreeEntry(
          summary,
          value(json, "expired", Boolean.class),
          value(json, "expired_reason", String.class));
    } catch (ArithmeticException | DateTimeException e) {
      throw new IllegalArgumentException("a checkpoint's entry is damaged: " + e.getMessage(), e);
    }
  }

  private static <T> T value(Map<String, Object> json, String key, Class<T> type) {
    Object value = json.get(key);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException("a checkpoint's entry has no " + key);
    }
    return type.cast(value);
  }
}
