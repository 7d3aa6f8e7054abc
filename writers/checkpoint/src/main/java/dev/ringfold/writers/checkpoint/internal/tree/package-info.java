// SPDX-License-Identifier: Apache-2.0
/** Checkpoints as trees of files that others read. For Ringfold's own modules, not for users. */
@NullMarked
package dev.ringfold.writers.checkpoint.internal.tree;

import org.jspecify.annotations.NullMarked;
