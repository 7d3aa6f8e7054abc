// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * How a state is made again: its circuit, the parameters and the seed, as one canonical JSON
 * object.
 *
 * @param json in the form of {@link CanonicalJson}
 */
public record Recipe(String json) {
  /** Takes JSON that is canonical already; {@link #parse} takes any. */
  public Recipe {
    Objects.requireNonNull(json, "json");
  }

  /**
   * Reads a recipe, in whatever form its JSON is written.
   *
   * @throws dev.ringfold.writers.checkpoint.format.FormatException when it is not a JSON object
   */
  public static Recipe parse(String json) {
    return new Recipe(CanonicalJson.text(CanonicalJson.parseObject(json, "recipe")));
  }

  /** The bytes its checksum is taken of: the canonical JSON in UTF-8. */
  public byte[] bytes() {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
