// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What the JDK has: serialized arrays, in gzip. */
public final class JavaGzipFiles extends FileCheckpoints {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Files in this directory. */
  public JavaGzipFiles(Path directory) {
    super(directory);
  }

  @Override
  void write(FileChannel file, Weights weights) throws IOException {
    GZIPOutputStream gzip = new GZIPOutputStream(Channels.newOutputStream(file), BUFFER_BYTES);
    // Closing one of these would close the file, which is to be forced first.
    ObjectOutputStream out = new ObjectOutputStream(gzip);
    out.writeObject(weights.names().toArray(new String[0]));
    out.writeObject(weights.arrays().values().toArray(new float[0][]));
    out.flush();
    gzip.finish();
  }

  @Override
  Map<String, Tensor> read(FileChannel file) throws IOException {
    Map<String, Tensor> tensors = new TreeMap<>();
    try (ObjectInputStream in =
        new ObjectInputStream(new GZIPInputStream(Channels.newInputStream(file), BUFFER_BYTES))) {
      String[] names = (String[]) in.readObject();
      float[][] values = (float[][]) in.readObject();
      for (int i = 0; i < names.length; i++) {
        tensors.put(names[i], Tensor.of(values[i], values[i].length));
      }
    } catch (ClassNotFoundException e) {
      throw new IOException("these are no arrays", e);
    }
    return tensors;
  }
}
