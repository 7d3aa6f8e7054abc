// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** A {@link TextProjection} whose output lies in generations and says its version. */
class VersionedText extends TextProjection {
  static final String VERSION_FILE = "version.txt";

  private final int version;

  private final int rows;
  private int waiting;

  VersionedText(int version) {
    this(version, ROWS);
  }

  VersionedText(int version, int rows) {
    this.version = version;
    this.rows = rows;
  }

  @Override
  public void apply(EventView event) throws Exception {
    super.apply(event);
    waiting++;
  }

  @Override
  public boolean commitDue() {
    return waiting >= rows;
  }

  @Override
  public void commit(Position position) throws IOException {
    super.commit(position);
    waiting = 0;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public List<String> outputNames() {
    return List.of(NAME);
  }

  @Override
  Path directory(ProjectionContext at) {
    try {
      return at.output(NAME);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public OptionalInt outputVersion(ProjectionContext at) throws IOException {
    Path file = directory(at).resolve(VERSION_FILE);
    return Files.exists(file)
        ? OptionalInt.of(Integer.parseInt(Files.readString(file)))
        : OptionalInt.empty();
  }

  @Override
  public List<Position> committed(ProjectionContext at) throws IOException {
    return outputVersion(at).orElse(version) == version ? super.committed(at) : List.of();
  }

  @Override
  public void open(Position position, ProjectionContext at) throws IOException {
    super.open(position, at);
    waiting = 0;
    Files.writeString(directory(at).resolve(VERSION_FILE), Integer.toString(version));
  }

  @Override
  public void reset(ProjectionContext at) throws IOException {
    new OutputGenerations(at.outputs(), NAME).deleteAll();
  }

  /** What the link says; a plain directory is 1, none is 0. */
  static int versionAt(Path outputs) throws IOException {
    Path file = outputs.resolve(NAME).resolve(VERSION_FILE);
    return Files.exists(file) ? Integer.parseInt(Files.readString(file)) : 0;
  }
}
