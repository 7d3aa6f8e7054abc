// SPDX-License-Identifier: Apache-2.0
/**
 * Readers and writers of other systems' files. Every reader takes its input for hostile: lengths,
 * depths, counts and ratios are checked against {@link
 * dev.ringfold.writers.checkpoint.format.FormatLimits} before anything is allocated.
 */
@NullMarked
package dev.ringfold.writers.checkpoint.format;

import org.jspecify.annotations.NullMarked;
