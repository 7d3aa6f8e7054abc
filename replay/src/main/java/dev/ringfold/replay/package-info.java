// SPDX-License-Identifier: Apache-2.0
/**
 * What is done to a store from outside: verify and repair. Start with {@link
 * dev.ringfold.replay.JournalVerifier}. Knows files and frames, never the ring.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.replay;
