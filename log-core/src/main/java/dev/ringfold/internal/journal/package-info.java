// SPDX-License-Identifier: Apache-2.0
/**
 * The journal: frames, segments, manifest, index, recovery and readers. Not for users; knows
 * nothing of the ring.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.internal.journal;
