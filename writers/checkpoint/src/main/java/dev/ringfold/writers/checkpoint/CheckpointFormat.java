// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a checkpoint can be exported to and, where it is a single file, imported from. */
public enum CheckpointFormat {
  /** One file with a JSON header and raw tensors, as Hugging Face reads. */
  SAFETENSORS(".safetensors"),
  /** A ZIP of NumPy arrays. */
  NPZ(".npz"),
  /** HDF5: groups and datasets. */
  HDF5(".h5"),
  /** A directory of chunked arrays, version 2 of the specification. */
  ZARR(".zarr"),
  /** The same, version 3. */
  ZARR3(null);

  private final @Nullable String suffix;

  CheckpointFormat(@Nullable String suffix) {
    this.suffix = suffix;
  }

  /** The format that a file's name tells. */
  public static Optional<CheckpointFormat> ofName(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    for (CheckpointFormat format : values()) {
      if (format.suffix != null && name.endsWith(format.suffix)) {
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
