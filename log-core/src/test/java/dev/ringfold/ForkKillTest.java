// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.blob.BlobSet;
import dev.ringfold.internal.io.ChildJvm;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.journal.ManifestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fork is whole or not there, wherever the process that makes it ends. */
class ForkKillTest {
  private static final long SEQUENCE = 30;

  @TempDir private Path directory;
  private Path store;
  private SortedMap<Long, String> parent;

  /** Forks in a process of its own. */
  public static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      Forks.fork(Path.of(arguments[0]), SEQUENCE, Path.of(arguments[1]), "killed");
    }
  }

  @BeforeEach
  void createParent() {
    store = directory.resolve("parent");
    try (EventLog log = LogFixture.builder(store).build();
        Producer producer = log.producer("writer")) {
      Stream stream = log.stream("s");
      for (int i = 0; i < 10; i++) {
        LogFixture.append(producer, stream, i);
      }
      LogFixture.endSegment(log, producer, stream);
      for (int i = 0; i < 30; i++) {
        LogFixture.append(producer, stream, i);
      }
      try (BlobSet set = log.blobs().begin("test")) {
        set.put(new byte[] {1, 2, 3});
        set.force();
        set.release();
      }
    }
    parent = ForkReading.events(store);
  }

  private static List<String> points() {
    List<String> points =
        new ArrayList<>(
            FaultPoint.names().stream().filter(name -> name.startsWith("fork.")).toList());
    points.add("manifest.tmpWritten");
    points.add("manifest.renamed");
    return points;
  }

  @Test
  void aDeathAtAnyPointLeavesAWholeForkOrNone() throws IOException {
    for (String point : points()) {
      Path fork = directory.resolve("killed-at-" + point);
      try (ChildJvm child =
          ChildJvm.start(
              Child.class, List.of("-D" + FaultPoint.PROPERTY + "=" + point), store, fork)) {
        assertThat(child.exitCode()).as(point).isEqualTo(FaultPoint.HALT_STATUS);
      }
      if (Files.exists(fork)) {
        assertThat(point).isEqualTo("fork.renamed");
        assertWhole(fork);
      }
      assertThat(ForkReading.events(store)).as(point).isEqualTo(parent);

      Path next = directory.resolve("after-" + point);
      Forks.fork(store, SEQUENCE, next, "");

      assertWhole(next);
      assertThat(unfinished()).as("left after %s", point).isEmpty();
    }
  }

  @Test
  void aFailureAtAnyPointLeavesNothingBehind() throws IOException {
    for (String point : points()) {
      Path fork = directory.resolve("failed-at-" + point);
      try (FaultPoint.Hook hook =
          FaultPoint.install(
              name -> {
                if (name.equals(point)) {
                  throw new IllegalStateException("crash");
                }
              })) {
        assertThat(hook).isNotNull();
        assertThatThrownBy(() -> Forks.fork(store, SEQUENCE, fork, "")).hasMessage("crash");
      }
      assertThat(unfinished()).as(point).isEmpty();
      assertThat(Files.exists(fork)).as(point).isEqualTo(point.equals("fork.renamed"));
    }
  }

  private void assertWhole(Path fork) {
    assertThat(ForkReading.events(fork)).isEqualTo(parent.headMap(SEQUENCE + 1));
    assertThat(ManifestFile.readOrigin(fork)).isEqualTo(ManifestFile.read(fork));
    try (EventLog log = LogFixture.builder(fork).build()) {
      assertThat(log.blobs().list()).hasSize(1);
      assertThat(log.lastSequence()).isGreaterThan(SEQUENCE);
    }
  }

  private List<Path> unfinished() throws IOException {
    try (java.util.stream.Stream<Path> all = Files.list(directory)) {
      return all.filter(path -> path.getFileName().toString().startsWith(".")).toList();
    }
  }
}
