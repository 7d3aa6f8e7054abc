// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories and child JVMs of one benchmark. They are gone after {@link #close}, and after an
 * interrupt of the program too. Used by one thread, besides the shutdown hook.
 */
final class Workspace implements Closeable {
  private final Path directory;
  private final Path sharedMemory;
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final Thread hook = new Thread(this::abandon, "bench-cleanup");
  private int started;

  /** Makes a directory of its own in {@code parent}. */
  Workspace(Path parent) throws IOException {
    directory = Files.createTempDirectory(parent, "ringfold-bench-");
    sharedMemory = SharedMemory.create(directory);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Where the files of all peers are. */
  Path directory() {
    return directory;
  }

  /** Starts a child with a directory of its own. */
  WorkerProcess start(PeerKind kind) throws IOException {
    return start(kind, newDirectory(kind));
  }

  /** Starts a child in a directory that another one has left. */
  synchronized WorkerProcess start(PeerKind kind, Path workerDirectory) throws IOException {
    WorkerProcess worker = new WorkerProcess(kind, workerDirectory, sharedMemory);
    workers.add(worker);
    return worker;
  }

  /** A directory that no child has used. */
  Path newDirectory(PeerKind kind) throws IOException {
    started++;
    return Files.createDirectory(directory.resolve(kind.label() + "-" + started));
  }

  /**
   * Makes sure that {@code bytes} can be written and something is left.
   *
   * @throws WorkerProcess.NotRunException naming what is needed and what is free
   */
  void requireSpace(long bytes) throws IOException, WorkerProcess.NotRunException {
    long free = usableBytes();
    if (free < bytes) {
      throw new WorkerProcess.NotRunException(
          "needs "
              + (bytes >> 20)
              + " MiB in "
              + directory.getParent()
              + " but "
              + (free >> 20)
              + " MiB are free; free some, use --dir, or --quick");
    }
  }

  /** Bytes that may be used. */
  long usableBytes() throws IOException {
    return Math.max(0, Files.getFileStore(directory).getUsableSpace() - Scale.SPARE_BYTES);
  }

  @Override
  public synchronized void close() throws IOException {
    for (WorkerProcess worker : workers) {
      worker.close();
    }
    Disk.delete(directory);
    Disk.delete(sharedMemory);
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  /** The program is being ended from outside. */
  private synchronized void abandon() {
    try {
      for (WorkerProcess worker : workers) {
        worker.kill();
      }
      Disk.delete(directory);
      Disk.delete(sharedMemory);
    } catch (IOException e) {
      System.err.println("could not delete " + directory + ": " + e.getMessage());
    }
  }
}
