// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfold.AckLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real losses of power, of a file system in a file: the child is stopped, the oracle copied, and
 * the file system shut down without writing anything back. Needs root and python3.
 */
@Tag("soak")
class PowerCutTest {
  private static final long SEED = Long.getLong("ringfold.seed", 1);
  private static final int CUTS = Integer.getInteger("ringfold.cuts", 20);
  private static final String SHUTDOWN =
      "import fcntl,os,struct,sys;"
          + "f=os.open(sys.argv[1],os.O_RDONLY);"
          + "fcntl.ioctl(f,0x8004587d,struct.pack('I',2))";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void whatWasAcknowledgedAtDiskIsThereAfterThePowerWasCut(String fileSystem) throws Exception {
    Path make = Path.of("/usr/sbin/mkfs." + fileSystem);
    assumeTrue(Files.isExecutable(make), make + " is missing: no power cut of " + fileSystem);
    Path image = directory.resolve("disk.img");
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assertThat(run("truncate", "-s", "400M", image.toString())).isTrue();
    assertThat(run(make.toString(), fileSystem.equals("xfs") ? "-qf" : "-qF", image.toString()))
        .isTrue();
    assumeTrue(mount(image, disk), "mounting needs root: no power was cut");
    try {
      SplittableRandom random = new SplittableRandom(SEED);
      long acknowledged = 0;
      for (int cut = 0; cut < CUTS; cut++) {
        acknowledged += cutOnce(image, disk, random, cut);
      }
      System.out.println(fileSystem + ": " + CUTS + " cuts, " + acknowledged + " acknowledged");
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private long cutOnce(Path image, Path disk, SplittableRandom random, int cut) throws Exception {
    CrashSite site = new CrashSite(Places.in(disk), "cut-" + cut);
    ChildProcess.Order order =
        KillFault.order(site, SEED + cut, MixedWorkload.class.getName(), AckLevel.DISK, -1, null);
    try (ChildProcess child = ChildProcess.start(order)) {
      assertThat(child.awaitAcks(random.nextInt(400))).as(child.output()).isTrue();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(300)));
      assertThat(run("kill", "-STOP", Long.toString(child.pid()))).isTrue();
      List<Oracle.Ack> acks = Oracle.read(site.oracle());
      assertThat(run("python3", "-c", SHUTDOWN, disk.toString())).isTrue();
      child.kill();
      assertThat(run("umount", disk.toString())).isTrue();
      assertThat(mount(image, disk)).isTrue();
      // A copy, because this process would keep the disk busy for the next cut.
      Path copy = directory.resolve("copy-" + cut);
      CrashSite.copyTree(site.store(), copy);
      Verdict verdict =
          new StoreVerifier(new MixedWorkload(), SEED + cut).verifyQuickly(copy, acks);
      assertThat(verdict.problems()).as("cut %d of seed %d", cut, SEED).isEmpty();
      site.remove();
      return acks.size();
    }
  }

  private static boolean mount(Path image, Path disk) throws Exception {
    return run("mount", "-o", "loop", image.toString(), disk.toString());
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    boolean good = process.waitFor() == 0;
    if (!good) {
      System.out.println(String.join(" ", command) + ": " + output);
    }
    return good;
  }
}
