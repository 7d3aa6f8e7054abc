// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.checkpoints.CheckpointPeer;
import dev.ringfold.examples.bench.checkpoints.JavaGzipFiles;
import dev.ringfold.examples.bench.checkpoints.RawZstdFiles;
import dev.ringfold.examples.bench.checkpoints.RingfoldCheckpoints;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The child JVMs of {@code bench checkpoint}: who saves. */
enum CheckpointKind implements ChildKind {
  RINGFOLD,
  RAW_ZSTD,
  JAVA_GZIP;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Class<?> main() {
    return CheckpointWorker.class;
  }

  /**
   * Room for the arrays and for what is loaded of two epochs; and the level of the command line's
   * own logging, without which the library that reads HDF5 tells of every step.
   */
  @Override
  public List<String> flags() {
    return ChildJvm.flags("-Xms1g", "-Xmx2g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
  }

  /**
   * Begins to save.
   *
   * @param directory an empty one
   */
  CheckpointPeer open(Path directory) {
    return switch (this) {
      case RINGFOLD -> new RingfoldCheckpoints(directory);
      case RAW_ZSTD -> new RawZstdFiles(directory);
      case JAVA_GZIP -> new JavaGzipFiles(directory);
    };
  }

  /** The kind with this label. */
  static CheckpointKind of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
