// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The list of checkpoints for people and programs, in canonical JSON, oldest first:
 *
 * <pre>
 * {"checkpoints":[
 *   {"epoch":3,"sequence":1234,"run":"run-1","label":"best","pinned":true,"pin_reason":"paper",
 *    "time":"2026-11-04T10:00:00Z","raw_bytes":100,"stored_bytes":90,"new_bytes":10,"tensors":2,
 *    "manifest":"64 hex","metadata":{"loss":0.5},"expired_reason":"",
 *    "state":"live","path":"epoch-0000000003-00000000000000001234.zarr"}, ...],
 *  "format":1,"store":"32 hex"}
 * </pre>
 *
 * {@code state} is {@code live}, or {@code metadata only} when the checkpoint was given up; {@code
 * path} is null when there is no tree. {@code metadata} is null when only the checkpoint itself has
 * it, or when it is nested too deep to be part of this.
 */
final class TreeRegistry {
  private static final int FORMAT = 1;

  /** The object of all, the array in it, and the object of a checkpoint. */
  private static final int LEVELS_ABOVE = 3;

  private TreeRegistry() {}

  /**
   * The file's bytes.
   *
   * @param trees names of the trees that are there
   */
  static byte[] format(String storeId, Collection<TreeEntry> entries, Set<String> trees) {
    List<Map<String, @Nullable Object>> checkpoints = new ArrayList<>();
    for (TreeEntry entry : entries) {
      Map<String, @Nullable Object> json = ZarrMetadata.json();
      json.putAll(entry.json());
      json.put("metadata", metadata(entry));
      json.put("state", entry.expired() ? "metadata only" : "live");
      json.put("path", trees.contains(entry.treeName()) ? entry.treeName() : null);
      checkpoints.add(json);
    }
    byte[] text =
        CanonicalJson.bytes(Map.of("checkpoints", checkpoints, "format", FORMAT, "store", storeId));
    byte[] line = Arrays.copyOf(text, text.length + 1);
    line[text.length] = '\n';
    return line;
  }

  /** Events may come from elsewhere, and one that does not fit must not be the end of the list. */
  private static @Nullable Object metadata(TreeEntry entry) {
    String text = entry.summary().metadata();
    if (text.isEmpty()) {
      return null;
    }
    Object metadata = TreeState.metadata(text, entry.summary().sequence());
    try {
      CanonicalJson.text(metadata, CanonicalJson.MAX_DEPTH - LEVELS_ABOVE);
      return metadata;
    } catch (IllegalArgumentException doesNotFit) {
      return null;
    }
  }
}
