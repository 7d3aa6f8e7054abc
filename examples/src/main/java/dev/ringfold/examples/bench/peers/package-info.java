// SPDX-License-Identifier: Apache-2.0
/**
 * The rows of {@code bench metrics}, and everybody who writes them to files: our part writer and
 * its peers. Besides the Parquet writer's own package this is the only one that names Parquet's
 * classes: two of the peers are Parquet's own writers.
 */
@NullMarked
package dev.ringfold.examples.bench.peers;

import org.jspecify.annotations.NullMarked;
