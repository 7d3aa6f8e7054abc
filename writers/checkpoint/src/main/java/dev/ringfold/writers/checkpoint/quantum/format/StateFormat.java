// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The files a quantum state can be written to and read from. */
public enum StateFormat {
  /** JSON compressed by zlib. Before {@link #JSON}: both names end alike. */
  JSON_ZLIB(".json.zlib"),
  /** JSON, for people. */
  JSON(".json"),
  /** Binary, for one state; see {@link QmsFile}. */
  QMS(".qms"),
  /** HDF5, for many states; see {@link Hdf5States}. */
  HDF5(".h5"),
  /** One NumPy array: the state vector alone. */
  NPY(".npy"),
  /** A ZIP of NumPy arrays: the vector, the tensors and the classical numbers. */
  NPZ(".npz");

  private final String suffix;

  StateFormat(String suffix) {
    this.suffix = suffix;
  }

  /** How names of its files end. */
  public String suffix() {
    return suffix;
  }

  /** The format that a file's name tells. */
  public static Optional<StateFormat> ofName(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    for (StateFormat format : values()) {
      if (name.endsWith(format.suffix)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** Its name in lower case, as on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
