// SPDX-License-Identifier: Apache-2.0
/** Files that are read whole and bounded, and written whole or not at all. */
@NullMarked
package dev.ringfold.writers.checkpoint.internal.io;

import org.jspecify.annotations.NullMarked;
