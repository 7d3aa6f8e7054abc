// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

/**
 * What {@link QuantumStore#optimize} did.
 *
 * @param removed superseded versions given up
 * @param kept versions that are left, one of each state
 * @param bytesFreed of files
 */
public record OptimizeReport(int removed, int kept, long bytesFreed) {}
