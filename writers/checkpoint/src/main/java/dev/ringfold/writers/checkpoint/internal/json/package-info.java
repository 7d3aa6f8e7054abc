// SPDX-License-Identifier: Apache-2.0
/** JSON with one form for each value. */
@NullMarked
package dev.ringfold.writers.checkpoint.internal.json;

import org.jspecify.annotations.NullMarked;
