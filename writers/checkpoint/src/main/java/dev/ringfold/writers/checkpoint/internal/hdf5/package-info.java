// SPDX-License-Identifier: Apache-2.0
/**
 * HDF5: our own small writer, and jHDF's reader with limits around it.
 *
 * <p>The writer is ours because jHDF's leaves the operating system's name in every file, in an
 * attribute and behind the last byte, has no compound types and no strings of a given length, and
 * wants all data as arrays at once.
 */
@NullMarked
package dev.ringfold.writers.checkpoint.internal.hdf5;

import org.jspecify.annotations.NullMarked;
