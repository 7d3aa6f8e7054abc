// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.testkit;

import dev.ringfold.EventLogReader;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.projections.ProjectionRun;
import dev.ringfold.projections.ProjectionRun.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Where one output of the contract's tests lies. */
final class ContractPlace {
  private final Path outputs;
  private final Path snapshots;
  private final Supplier<Projection> projections;
  private final Predicate<Path> compared;

  ContractPlace(Path root, Supplier<Projection> projections, Predicate<Path> compared) {
    this.outputs = root.resolve("outputs");
    this.snapshots = root.resolve("snapshots");
    this.projections = projections;
    this.compared = compared;
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + root, e);
    }
  }

  ProjectionRun open(EventLogReader log, Refused refused) throws IOException {
    return ProjectionRun.open(log, projections.get(), outputs, snapshots, refused);
  }

  ProjectionRun open(EventLogReader log) throws IOException {
    return open(log, Refused.STOP);
  }

  /** Consumes the rest, as a worker that is then closed. */
  ContractPlace finish(EventLogReader log) throws IOException {
    try (ProjectionRun run = open(log)) {
      run.advance(Long.MAX_VALUE);
      run.commitIfClean();
    }
    return this;
  }

  /** Everything that is there once it was opened again, so nothing that is not permanent. */
  Map<String, Object> permanent(EventLogReader log) throws IOException {
    open(log).close();
    return tree();
  }

  /** Every file and what is in it. */
  Map<String, Object> tree() {
    Map<String, Object> trees = new TreeMap<>();
    trees.put("outputs", OutputTree.of(outputs, compared));
    trees.put("snapshots", OutputTree.of(snapshots, compared));
    return trees;
  }

  boolean isEmpty() {
    return OutputTree.of(outputs, compared).isEmpty()
        && OutputTree.of(snapshots, compared).isEmpty();
  }

  ContractPlace copy(Path root) {
    ContractPlace copy = new ContractPlace(root, projections, compared);
    OutputTree.copy(outputs, copy.outputs);
    OutputTree.copy(snapshots, copy.snapshots);
    return copy;
  }

  /** The surroundings of a projection that is not open. */
  ProjectionContext context(String storeId) {
    return new ClosedContext(storeId, outputs, snapshots.resolve(projections.get().name()));
  }
}
