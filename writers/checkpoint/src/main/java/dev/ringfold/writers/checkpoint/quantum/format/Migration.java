// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.io.SourceFile;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings a directory's JSON states of version 1.0 to version 2.0. Originals are never changed: what
 * was {@code x.json} is besides {@code x.v2.json} then, or {@code x.json} in another directory. A
 * file that was migrated before, which the copy says by the original's SHA-256, is left alone.
 *
 * <p>Looked at are {@code .json} and {@code .json.zlib} in the directory and below it, without
 * following links; JSON that is no state is skipped. Immutable and thread-safe; two migrations of
 * one directory at a time make each other's files fail, and no more.
 */
public final class Migration {
  private static final int MAX_DEPTH = 32;
  private static final String MARK = ".v2";
  private static final String INFO = "migration_info";
  private static final String SOURCE_HASH = "source_sha256";

  /** Keys of which a state has one at least. */
  private static final Set<String> STATE_KEYS =
      Set.of(
          "interface_config",
          "measurement_cache",
          "emotional_context",
          "quantum_state",
          "state_vector",
          "n_qubits");

  private final Path directory;
  private final @Nullable Path target;
  private final FormatLimits limits;

  private Migration(Path directory, @Nullable Path target, FormatLimits limits) {
    this.directory = directory;
    this.target = target;
    this.limits = limits;
  }

  /** What became of a file, or would. */
  public enum Outcome {
    /** Is of version 2.0, or was migrated before. */
    CURRENT,
    /** Is of version 1.0 and would be migrated. */
    PLANNED,
    /** Was migrated. */
    MIGRATED,
    /** Is no state. */
    SKIPPED,
    /** Could not be read or written; the others were. */
    FAILED
  }

  /**
   * One file.
   *
   * @param file that was looked at
   * @param outcome what became of it
   * @param target what it was or would be written to, for {@code PLANNED} and {@code MIGRATED}
   * @param note the problem, or more about the outcome
   */
  public record Item(Path file, Outcome outcome, @Nullable Path target, String note) {}

  /**
   * All files.
   *
   * @param items in the order of their names
   */
  public record Report(List<Item> items) {
    /** How many files had an outcome. */
    public int count(Outcome outcome) {
      return (int) items.stream().filter(item -> item.outcome() == outcome).count();
    }

    /** How many states were looked at; what is no state does not count. */
    public int processed() {
      return items.size() - count(Outcome.SKIPPED);
    }

    /** How many were migrated. */
    public int migrated() {
      return count(Outcome.MIGRATED);
    }

    /** How many failed. */
    public int failed() {
      return count(Outcome.FAILED);
    }
  }

  /** A migration beside the originals, with the limits of {@link FormatLimits#DEFAULT}. */
  public static Migration of(Path directory) {
    return new Migration(directory, null, FormatLimits.DEFAULT);
  }

  /** The same into another directory, under the same names. */
  public Migration into(Path otherDirectory) {
    return new Migration(directory, otherDirectory, limits);
  }

  /** The same with other limits. */
  public Migration limits(FormatLimits other) {
    return new Migration(directory, target, other);
  }

  private enum Mode {
    PLAN,
    DRY_RUN,
    RUN
  }

  /** Looks at the versions of all files. */
  public Report plan() {
    return each(Mode.PLAN);
  }

  /** Migrates all files in memory and writes nothing: what would fail, fails. */
  public Report dryRun() {
    return each(Mode.DRY_RUN);
  }

  /** Migrates all files; each copy is read again before it counts. */
  public Report run() {
    return each(Mode.RUN);
  }

  private Report each(Mode mode) {
    List<Item> items = new ArrayList<>();
    for (Path file : files()) {
      try {
        items.add(item(file, mode));
      } catch (RingfoldException e) {
        items.add(new Item(file, Outcome.FAILED, null, String.valueOf(e.getMessage())));
      }
    }
    return new Report(List.copyOf(items));
  }

  private List<Path> files() {
    try (Stream<Path> walk = Files.walk(directory, MAX_DEPTH)) {
      List<Path> files =
          walk.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
              .filter(path -> suffix(path) != null)
              .limit(limits.maxEntries() + 1L)
              .sorted()
              .collect(Collectors.toList());
      if (files.size() > limits.maxEntries()) {
        throw new FormatException(
            directory + ": more than " + limits.maxEntries() + " files; migrate parts of it");
      }
      return files;
    } catch (IOException e) {
      throw FileFailure.of("cannot list", directory, e);
    }
  }

  private static @Nullable String suffix(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".json") ? ".json" : name.endsWith(".json.zlib") ? ".json.zlib" : null;
  }

  private Item item(Path file, Mode mode) {
    Map<String, Object> document = JsonStates.document(file, limits);
    if (document.keySet().stream().noneMatch(STATE_KEYS::contains)) {
      return new Item(file, Outcome.SKIPPED, null, "is no state");
    }
    if (JsonStates.version(document, file.toString()).equals(JsonStates.VERSION)) {
      if (mode != Mode.PLAN) {
        JsonReader.state(file, document);
      }
      return new Item(file, Outcome.CURRENT, null, "is of version " + JsonStates.VERSION);
    }
    Path to = target(file);
    String hash = sha256(file);
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      return existing(file, to, hash);
    }
    if (mode == Mode.PLAN) {
      return new Item(file, Outcome.PLANNED, to, "is of version " + JsonStates.OLD_VERSION);
    }
    QuantumState state = migrated(file, document, hash);
    if (mode == Mode.DRY_RUN) {
      return new Item(file, Outcome.PLANNED, to, state.toString());
    }
    write(to, state);
    return new Item(file, Outcome.MIGRATED, to, state.toString());
  }

  private Path target(Path file) {
    String suffix = suffix(file);
    if (target != null) {
      return target.resolve(directory.relativize(file).toString());
    }
    String name = String.valueOf(file.getFileName());
    String stem = name.substring(0, name.length() - (suffix == null ? 0 : suffix.length()));
    return file.resolveSibling(stem + MARK + (suffix == null ? "" : suffix));
  }

  private String sha256(Path file) {
    byte[] bytes = SourceFile.readAll(file, limits.maxFileBytes());
    return StateChecksums.sha256(Tensor.of(DType.UINT8, ByteBuffer.wrap(bytes), bytes.length));
  }

  private Item existing(Path file, Path to, String hash) {
    Map<String, Object> metadata = JsonStates.read(to, limits).metadata();
    JsonFields info = JsonFields.of(metadata, to.toString()).object(INFO);
    if (!info.string(SOURCE_HASH).equals(hash)) {
      throw new FormatException(
          to + ": is there already, and was not made of " + file + " as it is now; move it away");
    }
    return new Item(file, Outcome.CURRENT, null, "was migrated to " + to);
  }

  private QuantumState migrated(Path file, Map<String, Object> document, String hash) {
    QuantumState state = JsonReader.state(file, document);
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("migrated_from", JsonStates.OLD_VERSION);
    info.put("source", String.valueOf(file.getFileName()));
    info.put(SOURCE_HASH, hash);
    Map<String, Object> metadata = new LinkedHashMap<>(state.metadata());
    metadata.put(INFO, info);
    return state.toBuilder().metadata(metadata).build();
  }

  private void write(Path to, QuantumState state) {
    try {
      Path parent = to.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot create the directory of", to, e);
    }
    if (String.valueOf(suffix(to)).endsWith("zlib")) {
      JsonStates.writeCompressed(to, state);
    } else {
      JsonStates.write(to, state);
    }
    if (!JsonStates.read(to, limits).equals(state)) {
      throw new FormatException(to + ": was written but reads as another state");
    }
  }
}
