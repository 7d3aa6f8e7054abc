// SPDX-License-Identifier: Apache-2.0
/** Tensors cut into chunks, and chunks as blobs. For Ringfold's own modules, not for users. */
@NullMarked
package dev.ringfold.writers.checkpoint.internal.chunk;

import org.jspecify.annotations.NullMarked;
