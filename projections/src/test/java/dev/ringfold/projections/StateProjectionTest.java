// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateProjectionTest {
  @TempDir Path directory;

  private Path snapshotDirectory() {
    return directory.resolve("store/snapshots/sum");
  }

  private Snapshots snapshots(int version) throws IOException {
    Files.createDirectories(snapshotDirectory());
    return new Snapshots(snapshotDirectory(), "sum", version);
  }

  private EventLog open() {
    return Logs.builder(directory.resolve("store")).build();
  }

  private static void awaitEnd(EventLog log, ProjectionRuntime runtime) {
    assertThat(runtime.awaitApplied("sum", log.lastSequence(), Logs.PATIENCE)).isTrue();
  }

  private long foldAgain(SumProjection sum) {
    try (EventLog log = open();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(sum).start()) {
      awaitEnd(log, runtime);
      assertThat(sum.count()).isEqualTo(100);
      assertThat(sum.sum()).isEqualTo(4950);
      return runtime.status("sum").committedSequence();
    }
  }

  @Test
  void aStateGoesOnFromItsNewestWholeSnapshot() throws IOException {
    try (EventLog log = open();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log).add(new SumProjection(10)).start()) {
      Logs.append(log, 0, 100);
      awaitEnd(log, runtime);
    }
    assertThat(snapshots(1).positions()).hasSize(Snapshots.KEPT);
    assertThat(foldAgain(new SumProjection(10))).isGreaterThanOrEqualTo(100);

    // The newest one is damaged: the one before is taken.
    Path newest = files().get(files().size() - 1);
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length - 15] ^= 1;
    Files.write(newest, bytes);
    assertThat(snapshots(1).positions()).hasSize(Snapshots.KEPT - 1);
    foldAgain(new SumProjection(10));

    // All are damaged: everything is folded anew.
    for (Path file : files()) {
      Files.write(file, new byte[] {'R', 'F'});
    }
    assertThat(snapshots(1).positions()).isEmpty();
    foldAgain(new SumProjection(10));
  }

  private List<Path> files() throws IOException {
    try (var found = Files.list(snapshotDirectory())) {
      return found.sorted().toList();
    }
  }

  @Test
  void aSnapshotOfAnotherVersionIsPassedOver() throws IOException {
    snapshots(1).write(new Position(5, 77), out -> out.writeLong(42));

    assertThat(snapshots(1).positions()).containsExactly(new Position(5, 77));
    assertThat(snapshots(2).positions()).isEmpty();
    assertThatThrownBy(() -> snapshots(2).read(new Position(5, 77), in -> in.readLong()))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void aStateHasToBeReadToItsLastByteAndNotBeyond() throws IOException {
    Position position = new Position(5, 77);
    snapshots(1).write(position, out -> out.writeLong(42));

    assertThatThrownBy(() -> snapshots(1).read(position, in -> in.readInt()))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("4 bytes of the state were not read");
    assertThatThrownBy(
            () ->
                snapshots(1)
                    .read(
                        position,
                        in -> {
                          in.readLong();
                          in.readLong();
                        }))
        .isInstanceOf(CorruptJournalException.class);
    assertThatThrownBy(() -> snapshots(1).read(new Position(5, 78), in -> in.readLong()))
        .isInstanceOf(CorruptJournalException.class);
  }

  @Test
  void everyDamagedByteOfASnapshotIsFound() throws IOException {
    Position position = new Position(5, 77);
    snapshots(1).write(position, out -> out.writeUTF("a state of some bytes"));
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      Files.write(file, damaged);
      assertThat(snapshots(1).positions()).as("byte %s", i).isEmpty();
      Files.write(file, java.util.Arrays.copyOf(whole, i));
      assertThat(snapshots(1).positions()).as("length %s", i).isEmpty();
    }
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 1));
    assertThat(snapshots(1).positions()).isEmpty();
    Files.write(file, whole);
    assertThat(snapshots(1).positions()).containsExactly(position);
  }

  @Test
  void aLargeStateIsSavedAndReadBack() throws IOException {
    Position position = new Position(9, 1);
    snapshots(1)
        .write(
            position,
            out -> {
              for (int i = 0; i < 300_000; i++) {
                out.writeLong(i);
              }
            });
    snapshots(1)
        .read(
            position,
            in -> {
              for (int i = 0; i < 300_000; i++) {
                assertThat(in.readLong()).isEqualTo(i);
              }
            });
  }

  @Test
  void aReaderSeesItsOwnWritesAfterAwaitApplied() {
    SumProjection sum = new SumProjection(1_000);
    try (EventLog log = open();
        ProjectionRuntime runtime = ProjectionRuntime.builder(log).add(sum).start()) {
      for (int i = 0; i < 20; i++) {
        long sequence = Logs.append(log, i, 1);
        assertThat(runtime.awaitApplied("sum", sequence, Logs.PATIENCE)).isTrue();
        assertThat(sum.count()).isEqualTo(i + 1);
      }
    }
  }
}
