// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the same rows in every codec and profile and tells the SHA-256 of each file. */
final class PartDigests {
  private static final int ROWS = 40_000;

  private PartDigests() {}

  /** Run in another JVM; the argument is an empty directory. */
  public static void main(String[] arguments) throws IOException {
    // Other identity hash codes than in the JVM that compares: nothing may depend on them.
    long sum = 0;
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      sum += System.identityHashCode(new Object());
    }
    if (sum == 0) {
      throw new AssertionError("no identity hash codes were made");
    }
    write(Path.of(arguments[0])).forEach((name, sha256) -> System.out.println(name + " " + sha256));
  }

  static Map<String, String> write(Path directory) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    ColumnBatch samples = SampleRows.batch(2_000, SampleRows.SEED);
    ColumnBatch training = new ColumnBatch(TrainingRows.schema(), ROWS);
    new TrainingRows(SampleRows.SEED, ROWS).fill(training, 0, ROWS);
    for (Compression compression : Compression.values()) {
      for (Profile profile : Profile.values()) {
        String name = (compression + "-" + profile).toLowerCase(Locale.ROOT);
        digests.put(
            name + "-samples", write(directory, name + "-s", samples, compression, profile));
        digests.put(
            name + "-training", write(directory, name + "-t", training, compression, profile));
      }
    }
    return digests;
  }

  private static String write(
      Path directory, String name, ColumnBatch batch, Compression compression, Profile profile)
      throws IOException {
    return PartWriter.write(
            directory.resolve(name + ".parquet"),
            batch.schema(),
            batch,
            0,
            batch.rows(),
            WriteOptions.of(compression, profile),
            Map.of("b", "2", "a", "1", "ringfold.sequence", "17"))
        .sha256();
  }
}
