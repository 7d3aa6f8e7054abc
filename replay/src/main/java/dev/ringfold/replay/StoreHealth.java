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
import java.util.List;
import java.util.Locale;
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

  /**
   * How one part is.
   *
   * @param name {@code journal}, {@code blobs} or the name of a projection
   * @param healthy whether it is
   * @param status {@code healthy (N …)} or {@code error: …}
   */
  public record Part(String name, boolean healthy, String status) {
    static Part healthy(String name, String what) {
      return new Part(name, true, "healthy (" + what + ")");
    }

    static Part error(String name, String what) {
      return new Part(name, false, "error: " + what);
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
      if (manifest.state() == Manifest.State.FAILED) {
        return Part.error("journal", "a write or force failed; check the disk, then open it");
      }
      for (ScanResult open : end.open().values()) {
        if (open.validFrameAfter()) {
          return Part.error("journal", "there is a gap in its end; run ringfold verify " + store);
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
                + store);
      }
      long first = manifest.segments().isEmpty() ? 0 : manifest.segments().get(0).firstSequence();
      long oldest = Math.max(first, manifest.floorSequence());
      return Part.healthy("journal", Math.max(0, end.lastSequence() + 1 - oldest) + " events");
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
      return stats.damagedPacks() > 0
          ? Part.error("blobs", stats.damagedPacks() + " packs have a damaged index")
          : Part.healthy("blobs", megabytes(stats.bytes()));
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
      parts.put(
          name,
          problems.isEmpty()
              ? Part.healthy(name, opened.sealedRows() + " rows")
              : Part.error(name, problems.get(0).file() + " " + problems.get(0).problem()));
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
      parts.put(name, Part.healthy(name, live + " checkpoints"));
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
        if (one.path("state").asText().equals("FAILED")) {
          parts.put(name, Part.error(name, failure));
        } else if (letters > 0) {
          parts.put(name, Part.error(name, letters + " dead letters; see ringfold dlq"));
        } else {
          parts.putIfAbsent(
              name, Part.healthy(name, (one.path("committedSequence").asLong(-1) + 1) + " events"));
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
