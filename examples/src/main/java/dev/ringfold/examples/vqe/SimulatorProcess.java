// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.RingfoldException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link JobSimulator} that is started again whenever it dies. Any thread. */
final class SimulatorProcess implements AutoCloseable {
  private static final long END_SECONDS = 20;
  private static final int MAX_STARTS = 10_000;

  private final Path directory;
  private final List<String> command;
  private volatile Process process;
  private int starts;
  private boolean closed;

  private SimulatorProcess(Path directory, List<String> command, Process process) {
    this.directory = directory;
    this.command = command;
    this.process = process;
  }

  /**
   * Starts it; when this returns it listens.
   *
   * @param work {@code echo} or {@code quantum}
   * @param percent of the submissions that something goes wrong with, by the seed
   */
  static SimulatorProcess start(Path directory, String work, long seed, int percent)
      throws IOException {
    Files.createDirectories(directory);
    List<String> command = Jvm.small(JobSimulator.class, directory, work, seed, percent);
    SimulatorProcess simulator = new SimulatorProcess(directory, command, run(command));
    simulator.watch();
    return simulator;
  }

  private static Process run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    if (process.getInputStream().read() < 0) {
      throw new RingfoldException("The job simulator did not start: " + command);
    }
    return process;
  }

  private void watch() {
    Thread watcher = new Thread(this::keepRunning, "simulator-watch");
    watcher.setDaemon(true);
    watcher.start();
  }

  private void keepRunning() {
    try {
      Process dead = process;
      while (dead.waitFor() >= 0 && startAgain()) {
        dead = process;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      System.err.println("the job simulator cannot be started again: " + e);
    }
  }

  private synchronized boolean startAgain() throws IOException {
    if (closed || starts == MAX_STARTS) {
      return false;
    }
    process = run(command);
    starts++;
    return true;
  }

  /** How often it died and was started again. */
  synchronized int starts() {
    return starts;
  }

  /** Somebody who asks it. */
  JobClient client() {
    return new JobClient(directory);
  }

  /** Ends it; its jobs stay. */
  @Override
  public void close() throws IOException {
    Process last;
    synchronized (this) {
      closed = true;
      last = process;
    }
    last.getOutputStream().close();
    try {
      if (!last.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        last.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      last.destroyForcibly();
    }
  }
}
