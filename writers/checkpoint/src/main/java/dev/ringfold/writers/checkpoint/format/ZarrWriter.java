// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkEncoder;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkGrid;
import dev.ringfold.writers.checkpoint.internal.tree.ZarrArray;
import dev.ringfold.writers.checkpoint.internal.tree.ZarrLayout;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/** Writes one Zarr tree of tensors in memory. */
final class ZarrWriter {
  private final Path temporary;
  private final Set<Path> directories = new TreeSet<>();

  private ZarrWriter(Path temporary) {
    this.temporary = temporary;
  }

  static void write(
      Path directory,
      Map<String, Tensor> tensors,
      Map<String, ?> attributes,
      ChunkCodec codec,
      ZarrVersion version) {
    Map<String, Tensor> sorted = new TreeMap<>(tensors);
    List<ZarrArray> arrays = new ArrayList<>();
    sorted.forEach((name, tensor) -> arrays.add(ZarrArray.of(name, tensor, codec)));
    ZarrLayout layout = ZarrLayout.of(version, attributes, List.of(), arrays);
    Path folder = directory.getParent();
    if (folder == null || Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new FormatException(
          directory + " is there already. Choose another name, or remove it first");
    }
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = folder.resolve(directory.getFileName() + "." + unique + ".tmp");
    try {
      new ZarrWriter(temporary).write(layout, arrays, List.copyOf(sorted.values()));
      Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
      DurableFile.forceDirectory(folder);
    } catch (IOException e) {
      throw FileFailure.of("cannot write the Zarr tree", directory, e);
    } finally {
      DirectoryTree.delete(temporary);
    }
  }

  private void write(ZarrLayout layout, List<ZarrArray> arrays, List<Tensor> tensors)
      throws IOException {
    StoreSecurity.createDirectory(temporary);
    directories.add(temporary);
    for (Map.Entry<String, byte[]> file : layout.metadata().entrySet()) {
      put(file.getKey(), ByteBuffer.wrap(file.getValue()));
    }
    try (ChunkEncoder encoder = new ChunkEncoder()) {
      for (int i = 0; i < tensors.size(); i++) {
        chunks(layout, i, arrays.get(i), tensors.get(i), encoder);
      }
    }
    directories.forEach(DurableFile::forceDirectory);
  }

  private void chunks(
      ZarrLayout layout, int number, ZarrArray array, Tensor tensor, ChunkEncoder encoder)
      throws IOException {
    ChunkGrid grid = array.grid();
    ByteBuffer raw = ByteBuffer.allocateDirect(grid.chunks() == 0 ? 0 : grid.rawLength());
    for (int chunk = 0; chunk < grid.chunks(); chunk++) {
      raw.clear().limit(grid.length(chunk));
      tensor.copyTo(grid.start(chunk), raw);
      raw.limit(grid.rawLength());
      while (raw.hasRemaining()) {
        raw.put((byte) 0);
      }
      ByteBuffer stored = encoder.encode(array.codec(), tensor.dtype().bytes(), raw.flip());
      put(layout.chunkPath(number, chunk), stored);
    }
  }

  private void put(String path, ByteBuffer bytes) throws IOException {
    Path file = temporary.resolve(path);
    directory(file.getParent());
    StoreSecurity.createFile(file);
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  private void directory(@org.jspecify.annotations.Nullable Path directory) {
    if (directory != null && !directories.contains(directory)) {
      directory(directory.getParent());
      StoreSecurity.createDirectory(directory);
      directories.add(directory);
    }
  }
}
