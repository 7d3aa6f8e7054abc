// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Forks;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.RetentionRule;
import dev.ringfold.Stream;
import dev.ringfold.Tailer;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random trees of forks: every store keeps exactly its own events and blobs, whatever the others
 * append, delete or collect; every store verifies after every step; no sealed segment ever changes.
 * {@code -Dringfold.rounds=N} makes N steps.
 */
class ForkTreeTest {
  private static final int STEPS = Integer.getInteger("ringfold.rounds", 60);
  private static final int MAX_STORES = 7;
  private static final int MAX_BLOB_BYTES = 100_000;

  @TempDir private Path directory;

  private final long seed = Long.getLong("ringfold.seed", 42L);
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<Node> nodes = new ArrayList<>();
  private int made;

  /** A store and what must be in it. */
  private static final class Node {
    final Path store;
    TreeMap<Long, String> events = new TreeMap<>();
    final Map<BlobId, BlobRef> blobs = new HashMap<>();
    final Map<Long, String> hashes = new HashMap<>();

    Node(Path store) {
      this.store = store;
    }

    EventLog open() {
      return EventLog.builder(store)
          .environment(Map.of())
          .set(LogOption.RING_SLOTS, 1024)
          .set(LogOption.SEGMENT_BYTES, 1 << 20)
          .set(LogOption.BLOCK_BYTES, 256 << 10)
          .set(LogOption.RESERVE_BYTES, 256 << 10)
          .build();
    }
  }

  @Test
  void everyStoreOfARandomTreeKeepsItsOwn() {
    Node root = new Node(next());
    nodes.add(root);
    append(root);
    for (int step = 0; step < STEPS; step++) {
      Node node = nodes.get(random.nextInt(nodes.size()));
      String done = step(node);
      for (Node each : nodes) {
        check(each, "seed " + seed + ", step " + step + ": " + done);
      }
    }
    assertThat(made).isGreaterThan(Math.min(STEPS, MAX_STORES) / 2);
  }

  private Path next() {
    return directory.resolve("store-" + made++);
  }

  private String step(Node node) {
    int choice = random.nextInt(10);
    if (nodes.size() == MAX_STORES && choice > 6) {
      return delete(node);
    }
    if (choice > 4 && nodes.size() < MAX_STORES) {
      return fork(node);
    }
    return switch (choice) {
      case 0 -> retain(node);
      case 1 -> collect(node);
      default -> append(node);
    };
  }

  private String append(Node node) {
    try (EventLog log = node.open();
        Producer producer = log.producer("p" + random.nextInt(3))) {
      Stream stream = log.stream("s" + random.nextInt(4));
      int rolls = random.nextInt(3);
      for (int roll = 0; roll <= rolls; roll++) {
        int events = 1 + random.nextInt(200);
        for (int i = 0; i < events; i++) {
          producer.offer(stream, event(random.nextLong(1L << 40)));
        }
        producer.appendAndAwait(stream, event(random.nextLong(1L << 40)), AckLevel.JOURNAL);
        log.requestRoll();
      }
      if (random.nextBoolean()) {
        put(log, node);
      }
    }
    TreeMap<Long, String> now = events(node.store);
    if (!node.events.isEmpty()) {
      assertThat(now.headMap(node.events.lastKey(), true)).isEqualTo(node.events);
    }
    node.events = now;
    return "append to " + node.store;
  }

  private static MetricsLogged event(long step) {
    return MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, step, new long[0]);
  }

  private void put(EventLog log, Node node) {
    try (BlobSet set = log.blobs().begin("tree")) {
      byte[] bytes = new byte[1 + random.nextInt(MAX_BLOB_BYTES)];
      ByteBuffer.wrap(bytes).put((byte) random.nextInt(20));
      BlobRef ref = set.put(bytes);
      set.force();
      set.release();
      node.blobs.put(ref.id(), ref);
    }
  }

  private String fork(Node node) {
    long first = node.events.firstKey();
    long sequence = first + random.nextLong(node.events.lastKey() - first + 1);
    Node child = new Node(next());
    if (random.nextBoolean()) {
      Forks.fork(node.store, sequence, child.store, "tree");
    } else {
      try (EventLog log = node.open()) {
        log.fork(sequence, child.store, "tree");
      }
      node.events = events(node.store);
    }
    child.events = new TreeMap<>(node.events.headMap(sequence, true));
    child.blobs.putAll(node.blobs);
    for (SegmentEntry entry : ManifestFile.read(child.store).segments()) {
      String hash = node.hashes.get(entry.number());
      if (!entry.cut() && hash != null) {
        child.hashes.put(entry.number(), hash);
      }
    }
    nodes.add(child);
    return "fork of " + node.store + " at " + sequence;
  }

  private String retain(Node node) {
    long first = node.events.firstKey();
    long before = first + random.nextLong(node.events.lastKey() - first + 1);
    long floor;
    try (EventLog log = node.open()) {
      log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(before)));
      floor = log.floorSequence();
    }
    TreeMap<Long, String> now = events(node.store);
    assertThat(now.headMap(node.events.lastKey(), true))
        .isEqualTo(node.events.tailMap(floor, true));
    node.events = now;
    node.hashes.keySet().retainAll(numbers(node.store));
    return "retention of " + node.store + " below " + before;
  }

  private String collect(Node node) {
    Set<BlobId> kept = new HashSet<>();
    node.blobs.keySet().stream().sorted().filter(id -> random.nextBoolean()).forEach(kept::add);
    try (EventLog log = node.open()) {
      log.blobs().gc(() -> kept::contains, Duration.ZERO);
    }
    node.blobs.keySet().retainAll(kept);
    node.events = events(node.store);
    return "garbage of " + node.store;
  }

  private String delete(Node node) {
    DirectoryTree.delete(node.store);
    nodes.remove(node);
    return "deletion of " + node.store;
  }

  private static void check(Node node, String after) {
    assertThat(JournalVerifier.verify(node.store).findings())
        .as("%s: %s", after, node.store)
        .allMatch(finding -> finding.severity() == Severity.NOTE);
    assertThat(events(node.store)).as("%s: %s", after, node.store).isEqualTo(node.events);
    try (EventLogReader reader = EventLogReader.open(node.store, EventTypes.builtin());
        BlobStore blobs = reader.blobs()) {
      for (BlobRef ref : node.blobs.values()) {
        assertThat(blobs.readAll(ref, MAX_BLOB_BYTES)).hasSize((int) ref.length());
      }
    }
    for (SegmentEntry entry : ManifestFile.read(node.store).segments()) {
      if (entry.sealed() && !entry.cut()) {
        String hash =
            FileHash.sha256(SegmentFiles.queueFile(node.store, entry.number()), Long.MAX_VALUE);
        String known = node.hashes.putIfAbsent(entry.number(), hash);
        assertThat(known).as("%s: %s", after, entry).isIn(null, hash);
      }
    }
  }

  private static Set<Long> numbers(Path store) {
    Set<Long> numbers = new HashSet<>();
    ManifestFile.read(store).segments().forEach(entry -> numbers.add(entry.number()));
    return numbers;
  }

  private static TreeMap<Long, String> events(Path store) {
    TreeMap<Long, String> events = new TreeMap<>();
    try (EventLogReader reader = EventLogReader.open(store, EventTypes.builtin());
        Tailer tailer = reader.tailer().fromSequence(reader.floorSequence()).open()) {
      tailer.poll(
          event -> {
            CRC32C crc = new CRC32C();
            crc.update(event.eventBytes());
            events.put(
                event.sequence(),
                event.stream().name() + " " + event.logTimeNanos() + " " + crc.getValue());
          },
          Integer.MAX_VALUE);
    }
    return events;
  }
}
