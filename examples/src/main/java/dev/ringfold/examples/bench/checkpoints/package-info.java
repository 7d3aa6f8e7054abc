// SPDX-License-Identifier: Apache-2.0
/**
 * What {@code bench checkpoint} saves and loads, and everybody who does it: our checkpoints and
 * their peers.
 */
@NullMarked
package dev.ringfold.examples.bench.checkpoints;

import org.jspecify.annotations.NullMarked;
