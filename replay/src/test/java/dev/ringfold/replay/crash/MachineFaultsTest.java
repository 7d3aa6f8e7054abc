// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults that need another process, and some that need strace. */
class MachineFaultsTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1);

  /** SIGSTOP for so long; the soak stops for a minute. */
  private static final long STOP_SECONDS = Long.getLong("ringfold.stopSeconds", 5);

  private static final String WORKLOAD = MixedWorkload.class.getName();

  private CrashSite site;

  @BeforeEach
  void place() {
    // On a disk where there is one: after a failed force the store is read past the page cache.
    site = new CrashSite(Places.in(Path.of("target/crash")), "machine");
  }

  @AfterEach
  void remove() {
    site.remove();
  }

  private ChildProcess.Order order(AckLevel level, long first, long items) {
    return new ChildProcess.Order(
        site.store(), site.oracle(), SEED, WORKLOAD, level, first, items, null);
  }

  private EventLog open() {
    return CrashStore.builder(site.store(), SEED, new MixedWorkload()).build();
  }

  private void verify() {
    Verdict verdict =
        new StoreVerifier(new MixedWorkload(), SEED)
            .verify(site.store(), Oracle.read(site.oracle()));
    assertThat(verdict.problems()).isEmpty();
    assertThat(verdict.acknowledged()).isPositive();
    assertThat(verdict.lost()).isZero();
  }

  @Test
  void aSecondOpenerFailsWithinASecondAndIsToldThePid() {
    try (ChildProcess child = ChildProcess.start(order(AckLevel.JOURNAL, 0, -1))) {
      assertThat(child.awaitOpen()).as(child.output()).isTrue();
      long started = System.nanoTime();

      assertThatThrownBy(this::open)
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining(Long.toString(child.pid()));

      assertThat(System.nanoTime() - started).isLessThan(TimeUnit.SECONDS.toNanos(1));
      child.kill();
    }
    verify(); // No lock is left by a process that is dead.
  }

  @Test
  void aStoppedProcessKeepsItsLockAndGoesOn() throws Exception {
    try (ChildProcess child = ChildProcess.start(order(AckLevel.DISK, 0, -1))) {
      assertThat(child.awaitAcks(50)).as(child.output()).isTrue();
      signal("STOP", child.pid());
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
      while (System.nanoTime() < deadline) {
        assertThatThrownBy(this::open).isInstanceOf(StoreLockedException.class);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
      }
      long before = Oracle.read(site.oracle()).size();
      signal("CONT", child.pid());

      assertThat(child.awaitAcks(before + 50)).as(child.output()).isTrue();
      child.kill();
    }
    verify();
  }

  @Test
  void afterAFailedForceNothingIsAcknowledgedAndTheStoreOpensAgain() {
    assumeTrue(hasStrace(), "strace is not installed: a failing fdatasync was not tried");
    List<String> strace =
        List.of(
            "strace",
            "-f",
            "-o",
            "/dev/null",
            "-e",
            "trace=fdatasync,msync",
            "-e",
            "inject=fdatasync,msync:error=EIO:when=30+");
    int code;
    String output;
    try (ChildProcess child = ChildProcess.start(order(AckLevel.DISK, 1, -1), strace)) {
      code = child.awaitExit();
      output = child.output();
    }
    assertThat(code).as(output).isEqualTo(CrashChild.EXIT_FAILED);
    assertThat(output).contains("failed").contains("forcing segment");
    verify();
  }

  @Test
  void theForceIsOverBeforeTheAcknowledgementIsGiven() throws IOException {
    assumeTrue(hasStrace(), "strace is not installed: the order of system calls was not seen");
    Path trace = site.oracle().resolveSibling("trace");
    List<String> strace =
        List.of("strace", "-f", "-y", "-o", trace.toString(), "-e", "trace=fdatasync,msync,write");
    try (ChildProcess child = ChildProcess.start(order(AckLevel.DISK, 1, 1), strace)) {
      assertThat(child.awaitExit()).as(child.output()).isZero();
    }
    List<String> lines = Files.readAllLines(trace);
    int opened = indexOf(lines, 0, "/oracle>");
    int acknowledged = indexOf(lines, opened + 1, "/oracle>");
    assertThat(opened).isNotNegative();
    assertThat(acknowledged).isGreaterThan(opened);
    assertThat(lines.subList(opened, acknowledged))
        .anyMatch(
            line ->
                line.contains("fdatasync(") && line.contains(".cq4") || line.contains("MS_SYNC"))
        .anyMatch(line -> line.matches(".*(fdatasync|msync).*= 0"));
  }

  private static int indexOf(List<String> lines, int from, String what) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).contains("write(") && lines.get(i).contains(what)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean hasStrace() {
    return Files.isExecutable(Path.of("/usr/bin/strace"));
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }
}
