// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobStats;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.Recovery;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.projections.ProjectionControl;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a store is, in a moment and without a lock: the manifest, the lengths of all segments, every
 * frame of those that are not sealed, the blobs' files, the newest commits of the tables, and what
 * the projections said last. It reads no sealed segment; {@link JournalVerifier} does.
 *
 * <p>Every part has a word for people: {@code healthy (N …)} or {@code error: …}.
 *
 * @param parts the store's parts, then its projections by name
 */
public record StoreHealth(List<Part> parts) {
  private static final double MEGABYTE = 1e6;
  private static final long MAX_REGISTRY_BYTES = 64 << 20;

  /** A number that was read of a part. */
  public enum Fact {
    /** Events that the journal still has. */
    EVENTS,
    /** Newest sequence of the journal. */
    LAST_SEQUENCE,
    /** Newest sequence of the journal that is known to be on disk. */
    DURABLE_SEQUENCE,
    /** Bytes of all blobs, each once. */
    BLOB_BYTES,
    /** Packs of blobs whose index is damaged. */
    DAMAGED_PACKS,
    /** Rows of a table's newest commit. */
    ROWS,
    /** Checkpoints that were not given up. */
    CHECKPOINTS,
    /** Sequence of a projection's newest commit, as it said last. */
    COMMITTED_SEQUENCE,
    /** Open dead letters of a projection, as it said last. */
    DEAD_LETTERS
  }

  /**
   * How one part is.
   *
   * @param name {@code journal}, {@code blobs} or the name of a projection
   * @param healthy whether it is
   * @param status {@code healthy (N …)} or {@code error: …}
   * @param facts the numbers that could be read, in the order of {@link Fact}
   */
  public record Part(String name, boolean healthy, String status, Map<Fact, Long> facts) {
    /** Copies the facts. */
    public Part {
      EnumMap<Fact, Long> copy = new EnumMap<>(Fact.class);
      copy.putAll(facts);
      facts = Collections.unmodifiableMap(copy);
    }

    static Part healthy(String name, String what, Map<Fact, Long> facts) {
      return new Part(name, true, "healthy (" + what + ")", facts);
    }

    static Part error(String name, String what, Map<Fact, Long> facts) {
      return new Part(name, false, "error: " + what, facts);
    }

    static Part error(String name, String what) {
      return error(name, what, Map.of());
    }
  }

  /** Copies the list. */
  public StoreHealth {
    parts = List.copyOf(parts);
  }

  /** Whether every part is. */
  public boolean healthy() {
    return parts.stream().allMatch(Part::healthy);
  }

  /**
   * Looks at a store.
   *
   * @param outputs where its projections write, {@code outputs} in the store by default
   * @throws dev.ringfold.StoreNotFoundException when there is none
   */
  public static StoreHealth of(Path directory, Path outputs) {
    Path store = directory.toAbsolutePath().normalize();
    List<Part> parts = new ArrayList<>();
    parts.add(journal(store));
    parts.add(blobs(store));
    TreeMap<String, Part> projections = new TreeMap<>();
    table(projections, MetricTables.METRICS, MetricTables.metricsTable(outputs));
    table(projections, MetricTables.LEDGER, MetricTables.ledgerTable(outputs));
    checkpoints(projections, outputs);
    said(projections, store);
    parts.addAll(projections.values());
    return new StoreHealth(parts);
  }

  private static Part journal(Path store) {
    try {
      Manifest manifest = ManifestFile.read(store);
      List<SegmentEntry> sealed =
          manifest.segments().stream().filter(SegmentEntry::sealed).toList();
      Recovery.checkSealed(store, sealed);
      LogEnd end = LogEnd.of(store, manifest);
      long first = manifest.segments().isEmpty() ? 0 : manifest.segments().get(0).firstSequence();
      long oldest = Math.max(first, manifest.floorSequence());
      long events = Math.max(0, end.lastSequence() + 1 - oldest);
      Map<Fact, Long> facts =
          Map.of(
              Fact.EVENTS, events,
              Fact.LAST_SEQUENCE, end.lastSequence(),
              Fact.DURABLE_SEQUENCE, end.durableSequence());
      if (manifest.state() == Manifest.State.FAILED) {
        return Part.error(
            "journal", "a write or force failed; check the disk, then open it", facts);
      }
      for (ScanResult open : end.open().values()) {
        if (open.validFrameAfter()) {
          return Part.error(
              "journal", "there is a gap in its end; run ringfold verify " + store, facts);
        }
      }
      if (end.lastSequence() < manifest.durableSequence()) {
        return Part.error(
            "journal",
            "it ends at "
                + end.lastSequence()
                + " but "
                + manifest.durableSequence()
                + " was on disk; run ringfold verify "
                + store,
            facts);
      }
      return Part.healthy("journal", events + " events", facts);
    } catch (dev.ringfold.StoreNotFoundException absent) {
      throw absent;
    } catch (RingfoldException e) {
      return Part.error("journal", String.valueOf(e.getMessage()));
    }
  }

  private static Part blobs(Path store) {
    try (EventLogReader reader = EventLogReader.open(store, EventTypes.builtin());
        BlobStore blobs = reader.blobs()) {
      BlobStats stats = blobs.stats();
      Map<Fact, Long> facts =
          Map.of(Fact.BLOB_BYTES, stats.bytes(), Fact.DAMAGED_PACKS, stats.damagedPacks());
      return stats.damagedPacks() > 0
          ? Part.error("blobs", stats.damagedPacks() + " packs have a damaged index", facts)
          : Part.healthy("blobs", megabytes(stats.bytes()), facts);
    } catch (RingfoldException e) {
      return Part.error("blobs", String.valueOf(e.getMessage()));
    }
  }

  private static void table(TreeMap<String, Part> parts, String name, Path table) {
    try {
      MetricTable opened = MetricTable.open(table);
      List<MetricTable.Problem> problems = new ArrayList<>();
      for (Path file : opened.files()) {
        if (Files.notExists(file)) {
          problems.add(new MetricTable.Problem(file, "is missing"));
        }
      }
      Map<Fact, Long> facts = Map.of(Fact.ROWS, opened.sealedRows());
      parts.put(
          name,
          problems.isEmpty()
              ? Part.healthy(name, opened.sealedRows() + " rows", facts)
              : Part.error(name, problems.get(0).file() + " " + problems.get(0).problem(), facts));
    } catch (NoSuchFileException absent) {
      return; // It is not there, and nothing says that it should be.
    } catch (IOException | RingfoldException e) {
      parts.put(name, Part.error(name, String.valueOf(e.getMessage())));
    }
  }

  private static void checkpoints(TreeMap<String, Part> parts, Path outputs) {
    String name = "checkpoints";
    Path registry = outputs.resolve(name).resolve("checkpoint_registry.json");
    try {
      if (Files.notExists(registry)) {
        return;
      }
      if (Files.size(registry) > MAX_REGISTRY_BYTES) {
        parts.put(name, Part.error(name, registry + " has " + Files.size(registry) + " bytes"));
        return;
      }
      JsonNode list = new ObjectMapper().readTree(registry.toFile()).path("checkpoints");
      long live = 0;
      for (JsonNode one : list) {
        live += one.path("state").asText().equals("live") ? 1 : 0;
      }
      parts.put(name, Part.healthy(name, live + " checkpoints", Map.of(Fact.CHECKPOINTS, live)));
    } catch (IOException e) {
      parts.put(name, Part.error(name, registry + ": " + e.getMessage()));
    }
  }

  /** What the process that runs the projections, or ran them last, said. */
  private static void said(TreeMap<String, Part> parts, Path store) {
    try {
      JsonNode status =
          new ObjectMapper().readTree(ProjectionControl.statusJson(store).orElse("{}"));
      for (JsonNode one : status.path("projections")) {
        String name = one.path("name").asText();
        String failure = one.path("failure").asText();
        long letters = one.path("deadLetters").asLong();
        long committed = one.path("committedSequence").asLong(-1);
        Part looked = parts.get(name);
        Map<Fact, Long> facts = new EnumMap<>(Fact.class);
        facts.putAll(looked == null ? Map.of() : looked.facts());
        facts.put(Fact.COMMITTED_SEQUENCE, committed);
        facts.put(Fact.DEAD_LETTERS, letters);
        if (one.path("state").asText().equals("FAILED")) {
          parts.put(name, Part.error(name, failure, facts));
        } else if (letters > 0) {
          parts.put(name, Part.error(name, letters + " dead letters; see ringfold dlq", facts));
        } else if (looked != null) {
          parts.put(name, new Part(name, looked.healthy(), looked.status(), facts));
        } else {
          parts.put(name, Part.healthy(name, (committed + 1) + " events", facts));
        }
      }
    } catch (IOException cutByAPowerLoss) {
      parts.put("projections", Part.error("projections", "their last status cannot be read"));
    }
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
  }
}
