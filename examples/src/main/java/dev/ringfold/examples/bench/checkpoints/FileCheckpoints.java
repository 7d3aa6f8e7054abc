// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A file for each epoch, written by one thread and forced. It captures nothing. */
abstract class FileCheckpoints implements CheckpointPeer {
  private final Path directory;
  private final ExecutorService saver =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "bench-save"));

  FileCheckpoints(Path directory) {
    this.directory = directory;
  }

  @Override
  public final CompletableFuture<Long> save(int epoch, Weights weights) {
    return CompletableFuture.supplyAsync(() -> saveNow(epoch, weights), saver);
  }

  private long saveNow(int epoch, Weights weights) {
    try (FileChannel file =
        FileChannel.open(file(epoch), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(file, weights);
      file.force(true);
      return file.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public final Map<String, Tensor> load(int epoch) throws IOException {
    try (FileChannel file = FileChannel.open(file(epoch), StandardOpenOption.READ)) {
      return read(file);
    }
  }

  private Path file(int epoch) {
    return directory.resolve(String.format(Locale.ROOT, "epoch-%05d.bin", epoch));
  }

  abstract void write(FileChannel file, Weights weights) throws IOException;

  abstract Map<String, Tensor> read(FileChannel file) throws IOException;

  @Override
  public void reopen() {
    saver.shutdown();
  }

  @Override
  public void close() {
    saver.shutdown();
  }
}
