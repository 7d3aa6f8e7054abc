// SPDX-License-Identifier: Apache-2.0
/**
 * A store as it was: metrics, checkpoints, states and projections up to one sequence, read only.
 * Start with {@link dev.ringfold.replay.at.StoreView}. Must not know the command line.
 */
@NullMarked
package dev.ringfold.replay.at;

import org.jspecify.annotations.NullMarked;
