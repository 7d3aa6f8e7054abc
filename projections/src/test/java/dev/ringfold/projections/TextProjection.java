// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.internal.io.CheckedText;
import dev.ringfold.internal.io.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Writes the steps of metrics into text files of ten lines: {@code part-<sequence>.txt}, and one
 * {@code commit-<sequence>.txt} per cut that names all parts. What is not cut yet is in {@code
 * open.txt} after a refresh.
 */
class TextProjection implements Projection {
  static final int ROWS = 10;
  static final String NAME = "text";

  private static final String HEADER = "text-commit 1";
  private static final int KEPT = 16;

  private final List<String> rows = new ArrayList<>();
  private final List<String> parts = new ArrayList<>();
  private Path directory;
  private ProjectionContext context;
  private boolean open;
  private long firstSequence;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Set<Integer> types() {
    return Set.of(BuiltinTypes.METRICS_LOGGED.id());
  }

  Path directory(ProjectionContext at) {
    return at.outputs().resolve(name());
  }

  @Override
  public List<Position> committed(ProjectionContext at) throws IOException {
    List<Position> positions = new ArrayList<>();
    for (Path commit : files(directory(at), "commit-")) {
      List<String> lines = lines(commit);
      String[] position = lines.get(0).split(" ");
      positions.add(
          new Position(Long.parseLong(position[1]), HexFormat.fromHexDigits(position[2])));
    }
    positions.sort(Comparator.comparingLong(Position::sequence).reversed());
    return positions;
  }

  private static List<String> lines(Path commit) throws IOException {
    return CheckedText.parse(commit, HEADER, Files.readAllBytes(commit), "delete it");
  }

  @Override
  public void open(Position position, ProjectionContext at) throws IOException {
    if (open) {
      throw new IllegalStateException("was not closed");
    }
    open = true;
    context = at;
    directory = directory(at);
    Files.createDirectories(directory);
    rows.clear();
    parts.clear();
    Path commit = directory.resolve(commitName(position.sequence()));
    if (Files.exists(commit)) {
      List<String> lines = lines(commit);
      parts.addAll(lines.subList(1, lines.size()));
    }
    for (Path file : list(directory, "*")) {
      String name = file.getFileName().toString();
      boolean keep =
          parts.contains(name)
              || (name.startsWith("commit-")
                  && name.compareTo(commitName(position.sequence())) <= 0
                  && position.sequence() >= 0);
      if (!keep) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void apply(EventView event) throws Exception {
    MetricsLogged metrics = (MetricsLogged) context.decode(event);
    if (rows.isEmpty()) {
      firstSequence = context.consuming();
    }
    rows.add(event.sequence() + " " + metrics.step() + " at " + context.consuming());
  }

  void forgetNewest() {
    rows.remove(rows.size() - 1);
  }

  @Override
  public boolean commitDue() {
    return rows.size() >= ROWS;
  }

  @Override
  public void commit(Position position) throws IOException {
    if (!rows.isEmpty()) {
      String part = String.format("part-%020d.txt", firstSequence);
      DurableFile.write(directory.resolve(part), directory, text(rows));
      parts.add(part);
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "position " + position.sequence() + " " + HexFormat.of().toHexDigits(position.frameCrc()));
    lines.addAll(parts);
    DurableFile.write(
        directory.resolve(commitName(position.sequence())),
        directory,
        CheckedText.format(HEADER, lines));
    rows.clear();
    Files.deleteIfExists(directory.resolve("open.txt"));
    List<Path> commits = files(directory, "commit-");
    for (Path old : commits.subList(0, Math.max(0, commits.size() - KEPT))) {
      Files.delete(old);
    }
  }

  @Override
  public boolean dirty() {
    return !rows.isEmpty();
  }

  @Override
  public void refresh() throws IOException {
    if (rows.isEmpty()) {
      Files.deleteIfExists(directory.resolve("open.txt"));
    } else {
      DurableFile.write(directory.resolve("open.txt"), directory, text(rows));
    }
  }

  @Override
  public long refreshIntervalNanos() {
    return 1_000_000;
  }

  @Override
  public OptionalLong tickAtNanos() {
    return OptionalLong.empty();
  }

  @Override
  public void reset(ProjectionContext at) throws IOException {
    for (Path file : list(directory(at), "*")) {
      Files.delete(file);
    }
    Files.deleteIfExists(directory(at));
  }

  @Override
  public void close() {
    open = false;
    rows.clear();
  }

  /** All lines of the output, permanent or not, in order. */
  static List<String> read(Path outputs) throws IOException {
    Path directory = outputs.resolve(NAME);
    List<String> all = new ArrayList<>();
    List<Path> commits = files(directory, "commit-");
    if (!commits.isEmpty()) {
      List<String> lines = lines(commits.get(commits.size() - 1));
      for (String part : lines.subList(1, lines.size())) {
        all.addAll(Files.readAllLines(directory.resolve(part)));
      }
    }
    Path open = directory.resolve("open.txt");
    if (Files.exists(open)) {
      all.addAll(Files.readAllLines(open));
    }
    return all;
  }

  /** Finished files. */
  static List<Path> files(Path directory, String prefix) throws IOException {
    return list(directory, prefix + "*.txt");
  }

  private static List<Path> list(Path directory, String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, glob)) {
      found.forEach(files::add);
    } catch (NoSuchFileException none) {
      return files;
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  private static String commitName(long sequence) {
    return String.format("commit-%020d.txt", sequence);
  }

  private static byte[] text(List<String> lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
