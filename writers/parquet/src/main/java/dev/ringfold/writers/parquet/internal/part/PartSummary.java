// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

/**
 * What a finished part holds. Immutable.
 *
 * @param rows number of rows, at least 1
 * @param bytes length of the file
 * @param sha256 of the whole file, 64 hexadecimal digits
 * @param rowHash of its rows
 * @param firstSequence smallest value of the column {@code seq}, or -1 without that column
 * @param lastSequence largest value of the column {@code seq}, or -1 without that column
 */
public record PartSummary(
    long rows, long bytes, String sha256, RowHash rowHash, long firstSequence, long lastSequence) {}
