// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/**
 * What {@link EventLog#close(java.time.Duration)} did and what it could not do.
 *
 * @param lastSequence newest sequence in the journal
 * @param durableSequence newest sequence on disk; equal to the other after a clean close
 * @param undrained records that were left in the ring at the deadline; they are declared as drops
 * @param clean whether everything was drained, forced and sealed
 * @param detail what went wrong, or empty
 */
public record CloseReport(
    long lastSequence, long durableSequence, long undrained, boolean clean, String detail) {}
