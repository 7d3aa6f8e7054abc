// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The counted rounds of every contender of a row, or why a contender has none. */
final class Results {
  private final Map<String, List<Figures>> rounds = new LinkedHashMap<>();
  private final Map<String, NotRunException> failures = new LinkedHashMap<>();

  /** Adds one counted round. */
  void add(String contender, Figures figures) {
    rounds.computeIfAbsent(contender, key -> new ArrayList<>()).add(figures);
  }

  /** Notes that the contender cannot run; it is not asked again. */
  void fail(String contender, NotRunException reason) {
    failures.put(contender, reason);
  }

  /** Whether the contender has failed. */
  boolean hasFailed(String contender) {
    return failures.containsKey(contender);
  }

  /** One figure of the contender's counted rounds. */
  Samples samples(String contender, ToDoubleFunction<Figures> figure) throws NotRunException {
    return Samples.of(rounds(contender), figure);
  }

  /** The contender's counted rounds. */
  List<Figures> rounds(String contender) throws NotRunException {
    NotRunException failure = failures.get(contender);
    if (failure != null) {
      throw failure;
    }
    List<Figures> figures = rounds.get(contender);
    if (figures == null) {
      throw new NotRunException(contender + " was not measured");
    }
    return figures;
  }
}
