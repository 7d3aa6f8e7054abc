// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.EventLog;
import dev.ringfold.Tailer;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.event.Event;
import dev.ringfold.event.QuantumStateRemoved;
import dev.ringfold.replay.crash.SavingWorkload.Acknowledged;
import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.internal.save.Collector;
import dev.ringfold.writers.checkpoint.internal.save.Manifests;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Compares a store that lost power with what was saved to it. Used by one thread. */
final class SavingCheck {
  private long stores;
  private long committed;
  private long unacknowledged;
  private long leftBehind;

  /** What the journal of a store says. */
  private static final class Facts {
    private final Set<Long> checkpoints = new TreeSet<>();
    private final Set<Long> states = new TreeSet<>();
    private final Set<Long> givenUp = new HashSet<>();
  }

  long committed() {
    return committed;
  }

  long unacknowledged() {
    return unacknowledged;
  }

  long leftBehind() {
    return leftBehind;
  }

  @Override
  public String toString() {
    return stores
        + " mixes: "
        + committed
        + " committed saves there, "
        + unacknowledged
        + " whole that nobody had been told of, "
        + leftBehind
        + " files collected";
  }

  /** Opens checkpoints and states of an open log and checks everything. */
  void check(EventLog log, long seed, List<Acknowledged> acknowledged, String where)
      throws IOException {
    stores++;
    Path blobs = log.directory().resolve("blobs");
    long before = files(blobs);
    try (Checkpoints checkpoints = SavingWorkload.checkpoints(log);
        QuantumStore states = SavingWorkload.states(log)) {
      Facts facts = facts(log);
      for (Acknowledged save : acknowledged) {
        boolean checkpoint = save.what().equals("checkpoint");
        assertThat(checkpoint ? facts.checkpoints : facts.states)
            .as("%s: %s", where, save)
            .contains(save.sequence());
      }
      committed += acknowledged.size();
      unacknowledged += facts.checkpoints.size() + facts.states.size() - acknowledged.size();
      Set<BlobId> named = new HashSet<>();
      for (BlobRef manifest : checkCheckpoints(checkpoints, facts, seed, where)) {
        name(log.blobs(), manifest, named);
      }
      for (BlobRef manifest : checkStates(states, facts, seed, where)) {
        name(log.blobs(), manifest, named);
      }
      assertThat(checkpoints.health().collectionProblem()).as(where).isEmpty();
      checkClean(log.blobs(), blobs, named, where);
    }
    leftBehind += Math.max(0, before - files(blobs));
  }

  private static Facts facts(EventLog log) {
    Facts facts = new Facts();
    try (Tailer tailer = log.tailer().upTo(log.lastSequence()).open()) {
      tailer.poll(
          event -> {
            if (event.typeId() == BuiltinTypes.CHECKPOINT_COMMITTED.id()) {
              facts.checkpoints.add(event.sequence());
            } else if (event.typeId() == BuiltinTypes.QUANTUM_STATE_SAVED.id()) {
              facts.states.add(event.sequence());
            }
            Event decoded = tailer.decode(event);
            if (decoded instanceof CheckpointExpired expired) {
              facts.givenUp.add(expired.checkpoint());
            } else if (decoded instanceof QuantumStateRemoved removed) {
              facts.givenUp.add(removed.saved());
            }
          },
          Integer.MAX_VALUE);
    }
    return facts;
  }

  private static List<BlobRef> checkCheckpoints(
      Checkpoints checkpoints, Facts facts, long seed, String where) {
    List<BlobRef> manifests = new ArrayList<>();
    Set<Long> found = new TreeSet<>();
    for (CheckpointSummary summary : checkpoints.list()) {
      found.add(summary.sequence());
      manifests.add(summary.manifest());
      Checkpoint loaded = checkpoints.loadAt(summary.sequence());
      Map<String, Tensor> expected = SavingWorkload.model(seed, loaded.epoch());
      Map<String, Tensor> model = loaded.modelState();
      assertThat(model.keySet()).as(where).isEqualTo(new TreeSet<>(expected.keySet()));
      expected.forEach(
          (name, tensor) ->
              assertThat(model.get(name).contentEquals(tensor))
                  .as("%s: %s of %s", where, name, summary)
                  .isTrue());
      assertThat(loaded.metadata()).as(where).containsEntry("number", loaded.epoch());
    }
    assertThat(found).as(where).isEqualTo(less(facts.checkpoints, facts.givenUp));
    assertThat(found)
        .as("%s: the newest stay", where)
        .hasSizeGreaterThanOrEqualTo(Math.min(SavingWorkload.KEPT, facts.checkpoints.size()));
    return manifests;
  }

  private static List<BlobRef> checkStates(
      QuantumStore states, Facts facts, long seed, String where) {
    List<BlobRef> manifests = new ArrayList<>();
    Set<Long> found = new TreeSet<>();
    Map<String, Long> newest = new TreeMap<>();
    for (String id : List.of("a", "b")) {
      for (SavedState version : states.versions(id)) {
        found.add(version.sequence());
        manifests.add(version.manifest());
        QuantumState loaded = states.load(version);
        long number = (long) loaded.confidence();
        assertThat(loaded).as(where).isEqualTo(SavingWorkload.state(id, seed, number));
        newest.put(id, number);
      }
    }
    assertThat(found).as(where).isEqualTo(less(facts.states, facts.givenUp));
    assertThat(newest.get("a")).as("%s: a group is whole", where).isEqualTo(newest.get("b"));
    assertThat(facts.states.isEmpty()).as(where).isEqualTo(newest.isEmpty());
    assertThat(states.scrub().damaged()).as(where).isEmpty();
    return manifests;
  }

  private static Set<Long> less(Set<Long> all, Set<Long> gone) {
    Set<Long> left = new TreeSet<>(all);
    left.removeAll(gone);
    return left;
  }

  private static void name(BlobStore blobs, BlobRef manifest, Set<BlobId> named) {
    named.add(manifest.id());
    Manifests.read(blobs, manifest).blobs().forEach(ref -> named.add(ref.id()));
  }

  /** What nothing names is gone, but for small blobs in a file that is needed, which are known. */
  private static void checkClean(BlobStore blobs, Path directory, Set<BlobId> named, String where)
      throws IOException {
    Set<BlobId> known = blobs.abandoned(Collector.SET_LABEL);
    Set<BlobId> found = new HashSet<>();
    for (BlobRef ref : blobs.list().toList()) {
      found.add(ref.id());
      if (!named.contains(ref.id())) {
        try (var reader = blobs.open(ref)) {
          assertThat(reader.file().toString()).as("%s: debris", where).endsWith(".pack");
        }
        assertThat(known).as("%s: debris", where).contains(ref.id());
      }
    }
    assertThat(found).as(where).containsAll(named);
    assertThat(blobs.stats().damagedPacks()).as(where).isZero();
    assertThat(files(directory.resolve("_tmp"))).as("%s: temporary files", where).isZero();
    assertThat(files(directory.resolve("_sets"))).as("%s: sets", where).isZero();
    assertThat(files(directory.resolve("_abandoned"))).as("%s: lists", where).isLessThan(2);
    blobs.verifyAll(
        damage -> {
          throw damage;
        });
  }

  private static long files(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return 0;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).count();
    }
  }
}
