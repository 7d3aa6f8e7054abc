// SPDX-License-Identifier: Apache-2.0
/** Arrays of numbers with a type and a shape, independent of any file format. */
@NullMarked
package dev.ringfold.writers.checkpoint.tensor;

import org.jspecify.annotations.NullMarked;
