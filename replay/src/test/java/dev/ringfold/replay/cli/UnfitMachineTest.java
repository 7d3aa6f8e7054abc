// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.StoreAccessException;
import dev.ringfold.UnsafeStoreException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RunClosed;
import dev.ringfold.internal.io.Host;
import dev.ringfold.projections.ProjectionFailedException;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be faked: another user, a full disk, a read-only one. Needs root. */
final class UnfitMachineTest {
  private static final int NOBODY = 65_534;
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final List<String> READING = List.of("tail", "stat", "verify", "positions");

  @TempDir private Path folder;
  private Path disk;
  private static final Duration LONG = Duration.ofSeconds(60);

  private boolean mounted;

  @BeforeEach
  void requireRoot() throws IOException {
    assumeTrue(
        Host.isLinux() && Host.effectiveUid() == 0,
        "only root can become another user or mount: permissions and full disks were not tried");
    disk = Files.createDirectory(folder.resolve("disk"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", "-l", disk.toString())).isTrue();
    }
  }

  private void mountTmpfs(String size) throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + size, "t", disk.toString());
    assumeTrue(mounted, "this machine does not let us mount a tmpfs");
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @Test
  void anotherUsersStoreIsRefusedInOneLineThatSaysWhoseItIs() throws Exception {
    assumeTrue(Files.isExecutable(SETPRIV), "setpriv is missing: another user was not tried");
    Path store = Stores.create(folder.resolve("store"), 3);
    List<String> nobody = nobody();

    for (String command : List.of("tail", "stat", "verify", "positions", "init", "repair")) {
      Ran ran = Ran.process(nobody, List.of(), folder, command, store);

      assertThat(ran.exitCode()).as(command + ": " + ran.err()).isEqualTo(ExitCodes.ENVIRONMENT);
      assertThat(ran.err().lines()).as(command).hasSize(1);
      assertThat(ran.err())
          .contains(store.toString())
          .containsAnyOf("permission denied", "is owned by user id 0, expected " + NOBODY);
    }
    Ran doctor = Ran.process(nobody, List.of(), folder, "doctor", store);
    assertThat(doctor.exitCode()).isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(doctor.out()).contains("bad ").doesNotContain("\tat ");
  }

  @Test
  void aStoreThatMayBeReadButIsNotOnesOwnIsRefusedAsWell() throws Exception {
    assumeTrue(Files.isExecutable(SETPRIV), "setpriv is missing: another user was not tried");
    Path store = Stores.create(folder.resolve("store"), 3);
    assertThat(run("chmod", "-R", "a+rX", store.toString())).isTrue();

    Ran ran = Ran.process(nobody(), List.of(), folder, "stat", store);

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(ran.err()).contains("is owned by user id 0, expected " + NOBODY);
  }

  @Test
  void rootMayReadAnotherUsersStoreAndNotWriteIt() throws Exception {
    Path store = Stores.create(folder.resolve("store"), 3);
    assertThat(run("chown", "-R", Integer.toString(NOBODY), store.toString())).isTrue();

    assertThatThrownBy(() -> Stores.builder(store).build())
        .isInstanceOf(UnsafeStoreException.class)
        .hasMessageContaining("is owned by user id " + NOBODY)
        .hasMessageContaining("chown");
    assertThat(Ran.ringfold("tail", store).exitCode()).isEqualTo(ExitCodes.OK);
  }

  @Test
  void aReadOnlyDiskIsAnErrorForWritersAndReadersGoOn() throws Exception {
    mountTmpfs("64m");
    Path store = disk.resolve("store");
    createElsewhere(store); // What wrote here would keep the disk busy.
    assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();

    assertThatThrownBy(() -> Stores.builder(store).build())
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining(store.toString())
        .hasMessageContaining("read-only");
    assertThat(Ran.ringfold("retain", store, "--before", 1, "--apply").exitCode())
        .isEqualTo(ExitCodes.ENVIRONMENT);
    for (String command : READING) {
      Ran ran = Ran.ringfold(command, store);
      assertThat(ran.exitCode()).as(command + ": " + ran.err()).isZero();
    }
    Ran other = Ran.ringfold("init", disk.resolve("other"));
    assertThat(other.exitCode()).isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(other.err().lines()).hasSize(1);
  }

  @Test
  void aTableOnAFullDiskSaysWhichFileAndGoesOnWhenThereIsRoom() throws Exception {
    mountTmpfs("1m");
    Path store = folder.resolve("store-elsewhere");
    Random random = new Random(7);
    try (EventLog log = Stores.builder(store).build();
        ProjectionRuntime runtime =
            ProjectionRuntime.builder(log)
                .outputs(disk.resolve("outputs"))
                .add(MetricTables.metrics())
                .start();
        Producer producer = log.producer("full")) {
      MetricLayout layout =
          MetricLayout.builder().doubles("a", "b", "c", "d", "e", "f", "g", "h").build();
      MetricsRow row = producer.metrics(log.stream("run"), layout);
      int rows = 30_000;
      for (int i = 0; i < rows; i++) {
        row.begin(0, i);
        for (int column = 0; column < layout.size(); column++) {
          row.set(column, random.nextDouble());
        }
        while (!row.offer()) {
          Thread.onSpinWait();
        }
      }
      producer.appendAndAwait(log.stream("run"), new RunClosed(0), AckLevel.DISK);

      long last = log.lastSequence();
      assertThatThrownBy(() -> runtime.awaitApplied(MetricTables.METRICS, last, LONG))
          .isInstanceOf(ProjectionFailedException.class);
      assertThat(runtime.status(MetricTables.METRICS).failure())
          .contains("No space left", disk.resolve("outputs").toString(), "part.tmp");

      assertThat(run("mount", "-o", "remount,size=64m", disk.toString())).isTrue();
      runtime.resume(MetricTables.METRICS);
      assertThat(runtime.awaitApplied(MetricTables.METRICS, log.lastSequence(), LONG)).isTrue();
      Path table = MetricTables.metricsTable(disk.resolve("outputs"));
      assertThat(MetricTable.open(table).sealedRows()).isEqualTo(rows);
    }
  }

  @Test
  void aFullDiskIsOneLineAndAnExitCode() throws Exception {
    mountTmpfs("24m");
    Path store = disk.resolve("store");
    createElsewhere(store);
    Path ballast = disk.resolve("ballast");
    fill(ballast);

    Ran writer = Ran.ringfold("retain", store, "--before", 1, "--apply");
    for (Ran ran : List.of(writer, Ran.ringfold("init", disk.resolve("other")))) {
      assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCodes.ENVIRONMENT);
      assertThat(ran.err().lines()).hasSize(1);
      assertThat(ran.err()).containsAnyOf("No space left", "full").contains(disk.toString());
    }
    assertThat(Ran.ringfold("tail", store).exitCode()).isZero();

    Files.delete(ballast);
    try (EventLog log = Stores.builder(store).build()) {
      assertThat(log.lastSequence()).isPositive();
    }
    try (var reader = EventLog.openReadOnly(store)) {
      assertThat(reader.isClean()).isTrue();
    }
  }

  private void createElsewhere(Path store) throws Exception {
    Path made = Stores.create(folder.resolve("made"), 3);
    assertThat(run("cp", "-a", made.toString(), store.toString())).isTrue();
  }

  private static void fill(Path ballast) throws IOException {
    byte[] block = new byte[4_096];
    try (var out = Files.newOutputStream(ballast)) {
      for (; ; ) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  /** A java that runs as nobody, with a copy of the class path that nobody can read. */
  private List<String> nobody() throws IOException {
    List<String> entries = new ArrayList<>();
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path from = Path.of(entry);
      if (Files.exists(from)) {
        Path to = folder.resolve("cp").resolve(number++ + "-" + from.getFileName());
        copy(from, to);
        entries.add(to.toString());
      }
    }
    return List.of(
        SETPRIV.toString(),
        "--reuid=" + NOBODY,
        "--regid=" + NOBODY,
        "--clear-groups",
        "env",
        "CLASSPATH=" + String.join(":", entries));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(directory).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copied = from.equals(file) ? to : to.resolve(from.relativize(file).toString());
            Files.copy(file, copied);
            Files.setPosixFilePermissions(copied, PosixFilePermissions.fromString("rw-r--r--"));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
