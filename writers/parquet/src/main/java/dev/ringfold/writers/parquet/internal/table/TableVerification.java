// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.internal.part.DamagedPartException;
import dev.ringfold.writers.parquet.internal.part.PartReader;
import dev.ringfold.writers.parquet.internal.part.RowHash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BiConsumer;

/** Compares the files of a table with its commit and with their own checksums. Any thread. */
public final class TableVerification {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final String REMEDY =
      ". Rebuild the projection, or restore a backup when the journal no longer has all events";

  private TableVerification() {}

  /**
   * Reads every file of the table.
   *
   * @param problems takes the file and what is wrong with it
   */
  public static void run(TableSnapshot table, BiConsumer<Path, String> problems)
      throws IOException {
    TableCommit commit = table.commit();
    if (commit != null) {
      for (PartEntry part : commit.parts()) {
        verify(part, part.in(table.generation()), problems);
      }
    }
    for (Path part : table.openParts()) {
      try (PartReader reader = PartReader.open(part)) {
        reader.verify();
      } catch (DamagedPartException damage) {
        problems.accept(part, String.valueOf(damage.getMessage()));
      }
    }
  }

  private static void verify(PartEntry part, Path file, BiConsumer<Path, String> problems)
      throws IOException {
    String sha256;
    try {
      sha256 = sha256(file);
    } catch (NoSuchFileException missing) {
      problems.accept(file, "Missing part: " + file + REMEDY);
      return;
    }
    RowHash rowHash;
    long rows;
    try (PartReader reader = PartReader.open(file)) {
      reader.verify();
      rowHash = reader.rowHash();
      rows = reader.rows();
    } catch (DamagedPartException damage) {
      problems.accept(file, String.valueOf(damage.getMessage()));
      return;
    }
    if (!sha256.equals(part.sha256()) || !rowHash.equals(part.rowHash()) || rows != part.rows()) {
      problems.accept(
          file,
          "Another part than the commit names: "
              + file
              + ": expected "
              + part.rows()
              + " rows of hash "
              + part.rowHash()
              + " and SHA-256 "
              + part.sha256()
              + ", found "
              + rows
              + " of "
              + rowHash
              + " and "
              + sha256
              + REMEDY);
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER_BYTES];
      try (InputStream in = Files.newInputStream(file)) {
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          digest.update(buffer, 0, count);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
