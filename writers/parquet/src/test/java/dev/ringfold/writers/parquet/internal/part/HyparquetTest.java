// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** hyparquet, a reader in JavaScript that shares no code with Parquet's own, sees the same rows. */
class HyparquetTest {
  private static final long NPM_SECONDS = 120;
  private static final long NODE_SECONDS = 120;
  private static final Path MODULES = Path.of("target", "hyparquet").toAbsolutePath();

  private static final String PROGRAM =
      """
      import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
      import { compressors } from 'hyparquet-compressors'
      import { createHash } from 'node:crypto'
      const file = await asyncBufferFromFile(process.argv[2])
      const rows = await parquetReadObjects({ file, compressors })
      const view = new DataView(new ArrayBuffer(8))
      const bits = (x) => { view.setFloat64(0, x); return view.getBigUint64(0).toString(16) }
      const hash = createHash('sha256')
      for (const row of rows) {
        let line = ''
        for (const [name, value] of Object.entries(row)) {
          const isDouble = name.startsWith('double')
          line += (value === undefined || value === null ? 'null'
            : isDouble ? (Number.isNaN(value) ? 'nan' : bits(value)) : String(value)) + '|'
        }
        hash.update(line + '\\n', 'utf8')
      }
      console.log(rows.length + ' ' + hash.digest('hex'))
      """;

  private static String missing = "";

  @TempDir Path directory;

  @BeforeAll
  static void install() throws Exception {
    Files.createDirectories(MODULES);
    Files.writeString(MODULES.resolve("read.mjs"), PROGRAM);
    if (Files.exists(MODULES.resolve("node_modules/hyparquet-compressors"))) {
      return;
    }
    try {
      int exit =
          run(
              NPM_SECONDS,
              MODULES.resolve("npm.txt"),
              List.of(
                  "npm",
                  "install",
                  "--no-audit",
                  "--no-fund",
                  "--ignore-scripts",
                  "--prefix",
                  MODULES.toString(),
                  "hyparquet@1.31.5",
                  "hyparquet-compressors@1.1.2"));
      missing = exit == 0 ? "" : "npm cannot install hyparquet (exit " + exit + ")";
    } catch (IOException noNode) {
      missing = "no npm: " + noNode.getMessage();
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyCellIsReadAlikeInEveryCodecAndProfile(Compression compression) throws Exception {
    assumeTrue(missing.isEmpty(), () -> "SKIPPED: " + missing);
    ColumnBatch batch = SampleRows.batch(1_500, SampleRows.SEED);
    for (Profile profile : Profile.values()) {
      assertReadAlike(batch, WriteOptions.of(compression, profile), profile.name());
    }
  }

  @Test
  void severalPagesAndRowGroupsAreReadAlike() throws Exception {
    assumeTrue(missing.isEmpty(), () -> "SKIPPED: " + missing);
    ColumnBatch batch = SampleRows.batch(20_000, SampleRows.SEED);

    assertReadAlike(batch, WriteOptions.of(Compression.ZSTD), "pages");
  }

  private void assertReadAlike(ColumnBatch batch, WriteOptions options, String name)
      throws Exception {
    Path file = directory.resolve(name + ".parquet");
    try (PartWriter writer = PartWriter.open(file, batch.schema(), options)) {
      int half = batch.rows() / 2 + 1;
      writer.addRows(batch, 0, half);
      writer.addRows(batch, half, batch.rows());
      writer.finish(Map.of());
    }
    Path output = directory.resolve(name + ".txt");
    int exit =
        run(
            NODE_SECONDS,
            output,
            List.of("node", MODULES.resolve("read.mjs").toString(), file.toString()));

    assertThat(Files.readString(output).trim())
        .as("exit %s", exit)
        .isEqualTo(batch.rows() + " " + digest(batch));
  }

  /** What the program above computes, from the rows that were written. */
  private static String digest(ColumnBatch batch) throws Exception {
    var sha256 = java.security.MessageDigest.getInstance("SHA-256");
    for (int row = 0; row < batch.rows(); row++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < batch.schema().size(); i++) {
        line.append(text(batch.valueAt(row, i))).append('|');
      }
      sha256.update(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }
    return java.util.HexFormat.of().formatHex(sha256.digest());
  }

  private static String text(Object value) {
    if (value instanceof Double number) {
      return number.isNaN()
          ? "nan"
          : Long.toHexString(Double.doubleToRawLongBits(number)).toLowerCase(Locale.ROOT);
    }
    return String.valueOf(value);
  }

  private static int run(long seconds, Path output, List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return -1;
    }
    return process.exitValue();
  }
}
