// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

/** What HDF5 has no name for. */
public final class Hdf5Types {
  /** Attribute of an array that says which of our types it has. */
  public static final String DTYPE_ATTRIBUTE = "ringfold_dtype";

  /** Value of that attribute for the upper half of a float, stored as unsigned 16-bit numbers. */
  public static final String BFLOAT16 = "bfloat16";

  private Hdf5Types() {}
}
