// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.io.SourceFile;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5StateFile;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.quantum.format.JsonStates;
import dev.ringfold.writers.checkpoint.quantum.format.QmsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds a state wherever it is whole: the primary file first, then local backups, the checkpoint
 * history, and exports, and at last the log itself. The answer says which of them it was, and why
 * the others were not. Nothing is changed. Thread-safe.
 */
public final class Recovery {
  /** Most files of a folder that are looked at. */
  public static final int MAX_FILES = 10_000;

  private static final int NEAREST = 3;

  private final QuantumMemoryLayout layout;
  private final @Nullable QuantumStates log;

  private Recovery(QuantumMemoryLayout layout, @Nullable QuantumStates log) {
    this.layout = layout;
    this.log = log;
  }

  /** Recovery from the files of a tree alone. */
  public static Recovery of(QuantumMemoryLayout layout) {
    return new Recovery(layout, null);
  }

  /** Recovery from the files of a tree, and the log when none of them will do. */
  public static Recovery of(QuantumMemoryLayout layout, QuantumStates log) {
    return new Recovery(layout, log);
  }

  /** What is asked for, and what came of it so far. */
  private static final class Search {
    private final String id;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> seen = new TreeSet<>();
    private boolean damaged;

    Search(String id) {
      this.id = id;
    }

    void absent(RecoveryLevel level, Path where) {
      problems.add("level " + level.number() + ", " + level.label() + ": not in " + where);
    }

    void failed(RecoveryLevel level, Object source, RingfoldException e) {
      damaged = true;
      problems.add(
          "level " + level.number() + ", " + level.label() + ": " + source + ": " + e.getMessage());
    }

    Recovered found(QuantumState state, RecoveryLevel level, Object source) {
      return new Recovered(state, level, source.toString(), problems);
    }
  }

  private interface Level {
    @Nullable Recovered find(Search search);
  }

  /**
   * Finds a state.
   *
   * @throws StateNotFoundException when no level knows it; names the nearest ids
   * @throws StateUnrecoverableException when it is damaged wherever it is known
   */
  public Recovered load(String id) {
    StateIds.check(id);
    Search search = new Search(id);
    for (Level level :
        List.<Level>of(this::primary, this::backup, this::checkpoint, this::export, this::log)) {
      Recovered found = level.find(search);
      if (found != null) {
        return found;
      }
    }
    if (search.damaged) {
      throw new StateUnrecoverableException(id, search.problems);
    }
    throw new StateNotFoundException(
        id, layout.root().toString(), StateRegistry.nearest(id, search.seen, NEAREST));
  }

  private @Nullable Recovered primary(Search search) {
    Path file = layout.hdf5();
    if (!Files.exists(file)) {
      search.absent(RecoveryLevel.PRIMARY, file);
      return null;
    }
    try (Hdf5StateFile open = Hdf5States.open(file)) {
      search.seen.addAll(open.ids());
      if (open.ids().contains(search.id)) {
        return search.found(open.read(search.id), RecoveryLevel.PRIMARY, file);
      }
      search.absent(RecoveryLevel.PRIMARY, file);
    } catch (RingfoldException e) {
      search.failed(RecoveryLevel.PRIMARY, file, e);
    }
    return null;
  }

  private @Nullable Recovered backup(Search search) {
    RecoveryLevel level = RecoveryLevel.BACKUP;
    List<Path> candidates;
    try {
      List<Backup> all = new ArrayList<>(Backups.in(layout.backups()).list());
      Collections.reverse(all);
      candidates = all.stream().map(Backup::backup).toList();
    } catch (RingfoldException e) {
      search.failed(level, layout.backups().resolve(Backups.METADATA), e);
      candidates = files(layout.backups(), ".json.zlib");
    }
    return json(search, level, candidates, layout.backups());
  }

  private @Nullable Recovered checkpoint(Search search) {
    RecoveryLevel level = RecoveryLevel.CHECKPOINT;
    List<Path> candidates;
    Path registry = layout.checkpointRegistry();
    try {
      candidates = Files.exists(registry) ? registered(registry) : List.of();
    } catch (RingfoldException e) {
      search.failed(level, registry, e);
      candidates =
          files(layout.checkpoints(), ".json").stream()
              .filter(file -> !file.equals(registry))
              .toList();
    }
    return json(search, level, candidates, layout.checkpoints());
  }

  /** The files of a registry, newest first. */
  private List<Path> registered(Path registry) {
    byte[] json = SourceFile.readAll(registry, FormatLimits.DEFAULT.maxHeaderBytes());
    String where = registry.toString();
    List<Path> files = new ArrayList<>();
    for (JsonFields entry :
        JsonFields.of(CanonicalJson.parseObject(json, where, FormatLimits.DEFAULT), where)
            .objects("checkpoints")) {
      Path file = layout.checkpoints().resolve(entry.string("file")).normalize();
      if (!layout.checkpoints().equals(file.getParent())) {
        throw new FormatException(entry.where() + ": " + file + " is in another folder");
      }
      files.add(file);
    }
    Collections.reverse(files);
    return files;
  }

  /** The first of some JSON files that holds the state and is whole. */
  private static @Nullable Recovered json(
      Search search, RecoveryLevel level, List<Path> candidates, Path folder) {
    for (Path file : candidates) {
      try {
        if (!file.toString().contains(".json")) {
          continue;
        }
        QuantumState state = JsonStates.read(file);
        search.seen.add(state.id());
        if (state.id().equals(search.id)) {
          return search.found(state, level, file);
        }
      } catch (RingfoldException e) {
        search.failed(level, file, e);
      }
    }
    search.absent(level, folder);
    return null;
  }

  private @Nullable Recovered export(Search search) {
    for (Path file : files(layout.exports(), ".qms")) {
      try {
        QuantumState state = QmsFile.read(file);
        search.seen.add(state.id());
        if (state.id().equals(search.id)) {
          return search.found(state, RecoveryLevel.EXPORT, file);
        }
      } catch (RingfoldException e) {
        search.failed(RecoveryLevel.EXPORT, file, e);
      }
    }
    search.absent(RecoveryLevel.EXPORT, layout.exports());
    return null;
  }

  private @Nullable Recovered log(Search search) {
    QuantumStates states = log;
    if (states == null) {
      return null;
    }
    try {
      return search.found(states.load(search.id), RecoveryLevel.LOG, states.directory());
    } catch (StateNotFoundException e) {
      states.list().forEach(version -> search.seen.add(version.id()));
      search.absent(RecoveryLevel.LOG, states.directory());
    } catch (RingfoldException e) {
      search.failed(RecoveryLevel.LOG, states.directory(), e);
    }
    return null;
  }

  /** Files of a folder, the last written first. */
  private static List<Path> files(Path folder, String suffix) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    record Dated(Path file, long millis) {}
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> String.valueOf(file.getFileName()).endsWith(suffix))
          .filter(Files::isRegularFile)
          .limit(MAX_FILES)
          .map(file -> new Dated(file, file.toFile().lastModified()))
          .sorted(Comparator.comparingLong(Dated::millis).thenComparing(Dated::file).reversed())
          .map(Dated::file)
          .toList();
    } catch (IOException e) {
      throw FileFailure.of("cannot list", folder, e);
    }
  }
}
