// SPDX-License-Identifier: Apache-2.0
/**
 * The benchmark of the log against the fastest alternatives on the same machine. Start with {@link
 * dev.ringfold.examples.bench.BenchCommand}; one class per peer ({@code …Peer}), one per row of the
 * table ({@code …Row}). Every peer runs in a child JVM of its own ({@code Worker}), and the rounds
 * of all peers alternate.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.examples.bench;
