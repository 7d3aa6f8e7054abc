// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLogReader;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.projections.OutputGenerations;
import dev.ringfold.projections.OutputRebuild;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.projections.ProjectionFailedException;
import dev.ringfold.projections.ProjectionProvider;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * The projections that can be made without the program that runs them: Ringfold's own, and those of
 * every {@link ProjectionProvider} on the class path. Thread-safe; what it makes is not.
 */
public final class KnownProjections implements AutoCloseable {
  /** Name of the projection of the checkpoints' trees. */
  public static final String CHECKPOINTS = "checkpoints";

  private static final List<String> OWN =
      List.of(MetricTables.METRICS, MetricTables.LEDGER, CHECKPOINTS, EventIndex.NAME);

  private final EventLogReader log;
  private final Path outputs;
  private final BlobStore blobs;

  private KnownProjections(EventLogReader log, Path outputs) {
    this.log = log;
    this.outputs = outputs;
    this.blobs = log.blobs();
  }

  /** The event types to open a reader with: Ringfold's own and those of the providers. */
  public static EventTypes types() {
    EventTypes.Builder types = EventTypes.builder();
    userTypes().forEach(types::add);
    return types.build();
  }

  /** The event types of the providers, without Ringfold's own. */
  public static List<EventType<?>> userTypes() {
    List<EventType<?>> types = new ArrayList<>();
    providers().forEach(provider -> types.addAll(provider.types()));
    return types;
  }

  /** Whether this is the name of one of Ringfold's own, which need no {@link #userTypes}. */
  public static boolean isOwn(String name) {
    return OWN.contains(name);
  }

  private static List<ProjectionProvider> providers() {
    return ServiceLoader.load(ProjectionProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /** Those of a store whose outputs are in it; the reader stays open as long as they are used. */
  public static KnownProjections of(EventLogReader log) {
    return of(log, log.directory().resolve("outputs"));
  }

  /** Those of a store whose outputs are somewhere else. */
  public static KnownProjections of(EventLogReader log, Path outputs) {
    return new KnownProjections(log, outputs);
  }

  /** The names of all of them. */
  public List<String> names() throws IOException {
    return List.copyOf(all().keySet());
  }

  /** The names of those that have an output. */
  public List<String> present(Path snapshots) throws IOException {
    List<String> present = new ArrayList<>();
    for (Projection projection : all().values()) {
      ProjectionContext context = OutputRebuild.closedContext(log, projection, outputs, snapshots);
      boolean there = Files.isDirectory(context.snapshots());
      for (String name : projection.outputNames()) {
        there |= new OutputGenerations(outputs, name).exists();
      }
      if (projection.outputNames().isEmpty()) {
        there |= Files.exists(outputs.resolve(projection.name()));
      }
      if (there) {
        present.add(projection.name());
      }
    }
    return present;
  }

  /**
   * A new instance of a projection, not open.
   *
   * @throws ProjectionFailedException when none of this name is known
   */
  public Projection make(String name) throws IOException {
    Map<String, Projection> all = all();
    Projection projection = all.get(name);
    if (projection == null) {
      throw new ProjectionFailedException(
          "projection '"
              + name
              + "' is not known here; known are "
              + String.join(", ", all.keySet())
              + ". One of your own is known to the program that it belongs to, and here when a"
              + " ProjectionProvider on the class path names it");
    }
    return projection;
  }

  /** Makes a new instance each time. */
  public Supplier<Projection> factory(String name) {
    return () -> {
      try {
        return make(name);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    };
  }

  private Map<String, Projection> all() throws IOException {
    Map<String, Projection> all = new LinkedHashMap<>();
    add(all, MetricTables.metrics());
    add(all, MetricTables.ledger());
    add(all, Checkpoints.trees(blobs, zarrVersion()));
    add(all, EventIndex.projection());
    for (ProjectionProvider provider : providers()) {
      provider.projections(log).forEach(projection -> add(all, projection));
    }
    return all;
  }

  private static void add(Map<String, Projection> all, Projection projection) {
    if (all.putIfAbsent(projection.name(), projection) != null) {
      throw new ProjectionFailedException(
          "there are two projections named '"
              + projection.name()
              + "' on the class path; one of them has to be renamed");
    }
  }

  /** As the trees that are there: only version 3 has zarr.json. */
  private ZarrVersion zarrVersion() throws IOException {
    Path directory = new OutputGenerations(outputs, CHECKPOINTS).directory();
    try (DirectoryStream<Path> trees = Files.newDirectoryStream(directory, "*.zarr")) {
      for (Path tree : trees) {
        return Files.exists(tree.resolve("zarr.json")) ? ZarrVersion.V3 : ZarrVersion.V2;
      }
    } catch (NoSuchFileException none) {
      return ZarrVersion.V2;
    }
    return ZarrVersion.V2;
  }

  /** Ends the use of the blobs; the reader stays open. */
  @Override
  public void close() {
    blobs.close();
  }
}
