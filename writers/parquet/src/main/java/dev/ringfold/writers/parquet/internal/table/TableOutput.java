// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.projections.OutputFile;
import dev.ringfold.projections.OutputProblem;
import dev.ringfold.projections.Position;
import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.part.DamagedPartException;
import dev.ringfold.writers.parquet.internal.part.PartReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a table says about itself while its projection is not open here. Stateless. */
final class TableOutput {
  private TableOutput() {}

  /**
   * The commit at a position and the parts it names. The bytes of a table that was ever written
   * with gzip depend on the JDK's zlib: then the rows are compared, as they are read from the
   * files.
   */
  static List<OutputFile> finished(Path table, Position position) throws IOException {
    Path generation = TableDirectory.resolve(table);
    CommitStore commits = new CommitStore(generation);
    TableCommit commit = commits.at(position);
    if (commit == null) {
      throw new NoSuchFileException(
          commits.file(position.sequence()).toString(), null, "the table has no such commit");
    }
    boolean byContent =
        TableOptions.parse(commit.configuration()).compression() == Compression.GZIP;
    List<OutputFile> files = new ArrayList<>();
    for (PartEntry part : commit.parts()) {
      Path file = part.in(generation);
      files.add(new OutputFile(part.name(), file, byContent ? content(file) : ""));
    }
    Path file = commits.file(position.sequence());
    String content =
        byContent ? commit.rows() + " rows of hash " + commit.rowHash() + commit.columns() : "";
    files.add(new OutputFile(TableDirectory.COMMITS + "/" + file.getFileName(), file, content));
    return files;
  }

  /** What the commit says about a part is no proof of what is in it. */
  private static String content(Path part) throws IOException {
    try (PartReader reader = PartReader.open(part)) {
      reader.verify();
      return reader.rows() + " rows of hash " + reader.rowHash();
    } catch (DamagedPartException damage) {
      return String.valueOf(damage.getMessage());
    }
  }

  /** Compares files with the commit that names them, or only whether they are there. */
  static List<OutputProblem> verify(Path table, boolean full) throws IOException {
    List<OutputProblem> problems = new ArrayList<>();
    TableSnapshot snapshot;
    try {
      snapshot = TableSnapshot.read(table);
    } catch (NoSuchFileException absent) {
      return problems;
    }
    CommitStore commits = new CommitStore(snapshot.generation());
    Path newest = commits.newestFile();
    if (newest != null && !commits.isReadable(newest)) {
      problems.add(
          new OutputProblem(
              newest, "the newest commit is damaged. The projection begins at an older one"));
    }
    if (full) {
      TableVerification.run(snapshot, (file, text) -> problems.add(new OutputProblem(file, text)));
      return problems;
    }
    TableCommit commit = snapshot.commit();
    for (PartEntry part : commit == null ? List.<PartEntry>of() : commit.parts()) {
      Path file = part.in(snapshot.generation());
      long bytes = Files.exists(file) ? Files.size(file) : -1;
      if (bytes != part.bytes()) {
        problems.add(
            new OutputProblem(
                file,
                "expected a part of "
                    + part.bytes()
                    + " bytes but found "
                    + (bytes < 0 ? "none" : bytes + " bytes")
                    + ". Rebuild the projection: ringfold rebuild"));
      }
    }
    return problems;
  }
}
