// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * One run of a benchmark that has a table: chooses rows, measures them, prints them. Used by one
 * thread.
 *
 * @param <S> what its rows share
 */
final class TableRun<S> {
  private final String bench;
  private final List<Row<S>> rows;
  private final Options<? extends TableScale> options;
  private final PrintStream out;
  private final PrintStream progress;

  /**
   * A run.
   *
   * @param bench name of the benchmark in JSON
   * @param rows all of the benchmark's rows, in the order of the table
   * @throws UnknownRowException when the options name a row that is not there
   */
  TableRun(
      String bench,
      List<Row<S>> rows,
      Options<? extends TableScale> options,
      PrintStream out,
      PrintStream progress) {
    checkNames(options.rows(), rows);
    this.bench = bench;
    this.rows = rows;
    this.options = options;
    this.out = out;
    this.progress = progress;
  }

  /**
   * What to do, whichever benchmark it is.
   *
   * @param scale how much is measured
   * @param rows names of the rows, empty for all
   * @param directory where the benchmark makes its own directory
   * @param json one line of JSON per row instead of the table
   * @param command the command as it was given, printed beside the table
   */
  record Options<C extends TableScale>(
      C scale, Set<String> rows, Path directory, boolean json, String command) {
    Options {
      rows = Set.copyOf(rows);
    }
  }

  /** Makes what the rows share. */
  @FunctionalInterface
  interface Sharing<S> {
    S share(Workspace workspace, Rounds rounds);
  }

  private static <S> void checkNames(Set<String> names, List<Row<S>> rows) {
    Set<String> unknown = new TreeSet<>(names);
    rows.forEach(row -> unknown.remove(row.name()));
    if (!unknown.isEmpty()) {
      throw new UnknownRowException(
          "unknown row " + String.join(", ", unknown) + "; the rows are " + names(rows));
    }
  }

  /** Names of all rows. */
  static <S> String names(List<Row<S>> rows) {
    return String.join(", ", rows.stream().map(Row::name).toList());
  }

  /** Measures and prints; the lines are returned too. */
  List<RowResult> run(Sharing<S> sharing, Clock clock) throws IOException {
    PrintStream notes = options.json() ? progress : out;
    Env.describe(options.command(), options.directory(), clock).forEach(notes::println);
    if (options.scale().quick()) {
      notes.println("quick: to see that everything works; these numbers are not a measurement");
    }
    List<RowResult> results = new ArrayList<>();
    try (Workspace workspace = new Workspace(options.directory())) {
      Rounds rounds = new Rounds(workspace, options.scale().turns(), progress);
      S shared = sharing.share(workspace, rounds);
      for (Row<S> row : rows) {
        if (options.rows().isEmpty() || options.rows().contains(row.name())) {
          List<RowResult> lines = measure(row, shared);
          results.addAll(lines);
          if (options.json()) {
            lines.forEach(line -> out.println(JsonRows.format(bench, line)));
          }
        }
      }
    }
    if (!options.json()) {
      out.println();
      out.print(Table.format(results));
      out.println(summary(results));
    }
    return results;
  }

  private List<RowResult> measure(Row<S> row, S shared) throws IOException {
    try {
      return row.measurement().measure(shared);
    } catch (NotRunException e) {
      return List.of(RowResult.notRun(row.name(), "", row.what(), e.reason()));
    }
  }

  private static String summary(List<RowResult> results) {
    long promised = results.stream().filter(result -> result.met() != null).count();
    long met = results.stream().filter(result -> Boolean.TRUE.equals(result.met())).count();
    return String.format(Locale.ROOT, "%d of %d targets met", met, promised);
  }
}
