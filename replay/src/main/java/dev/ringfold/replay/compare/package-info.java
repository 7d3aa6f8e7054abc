// SPDX-License-Identifier: Apache-2.0
/**
 * What differs: a store with and without some events ({@link
 * dev.ringfold.replay.compare.Counterfactual}), two stores or two runs ({@link
 * dev.ringfold.replay.compare.RunDiff}). Must not know the command line.
 */
@NullMarked
package dev.ringfold.replay.compare;

import org.jspecify.annotations.NullMarked;
