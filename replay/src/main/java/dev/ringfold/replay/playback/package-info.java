// SPDX-License-Identifier: Apache-2.0
/**
 * Plays a log again: into a handler, an iterator, a file or a projection, in part, at a speed, and
 * on from where it stopped. Reads only what an index says is worth reading.
 */
@NullMarked
package dev.ringfold.replay.playback;

import org.jspecify.annotations.NullMarked;
