// SPDX-License-Identifier: Apache-2.0
/**
 * How checkpoints are captured, written, found again and given up. For Ringfold's own modules, not
 * for users.
 */
@NullMarked
package dev.ringfold.writers.checkpoint.internal.save;

import org.jspecify.annotations.NullMarked;
