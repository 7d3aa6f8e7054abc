// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directories and child JVMs of one benchmark. They are gone after {@link #close}, and after an
 * interrupt of the program too. Used by one thread, besides the shutdown hook.
 */
final class Workspace implements Closeable {
  private static final int DELETE_ATTEMPTS = 10;

  private final Path directory;
  private final Path sharedMemory;
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final Thread hook = new Thread(this::abandon, "bench-cleanup");
  private int started;
  private boolean abandoned;

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
  WorkerProcess start(ChildKind kind) throws IOException {
    return start(kind, newDirectory(kind));
  }

  /** Starts a child in a directory that another one has left. */
  synchronized WorkerProcess start(ChildKind kind, Path workerDirectory) throws IOException {
    requireWanted();
    WorkerProcess worker = new WorkerProcess(kind, workerDirectory, sharedMemory);
    workers.add(worker);
    return worker;
  }

  /** A directory that no child has used. */
  synchronized Path newDirectory(ChildKind kind) throws IOException {
    requireWanted();
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

  private void requireWanted() throws IOException {
    if (abandoned) {
      throw new IOException("the benchmark is being ended");
    }
  }

  /** The program is being ended from outside, while the main thread may still be at work. */
  private synchronized void abandon() {
    abandoned = true;
    for (WorkerProcess worker : workers) {
      worker.kill();
    }
    try {
      LeftCounters.delete(directory);
    } catch (IOException e) {
      System.err.println(e.getMessage());
    }
    for (Path path : List.of(directory, sharedMemory)) {
      IOException failure = null;
      for (int attempt = 0; attempt < DELETE_ATTEMPTS && Files.exists(path); attempt++) {
        failure = tryDelete(path);
      }
      if (failure != null) {
        System.err.println("could not delete " + path + ": " + failure.getMessage());
      }
    }
  }

  private static @Nullable IOException tryDelete(Path path) {
    try {
      Disk.delete(path);
      return null;
    } catch (IOException e) {
      return e; // Something was written meanwhile: the next attempt finds it.
    }
  }
}
