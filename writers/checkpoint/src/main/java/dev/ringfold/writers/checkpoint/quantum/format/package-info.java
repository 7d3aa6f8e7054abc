// SPDX-License-Identifier: Apache-2.0
/**
 * Files of quantum states that others read and write: HDF5, .qms, JSON. What is read is taken for
 * hostile, see {@link dev.ringfold.writers.checkpoint.format.FormatLimits}.
 */
@NullMarked
package dev.ringfold.writers.checkpoint.quantum.format;

import org.jspecify.annotations.NullMarked;
