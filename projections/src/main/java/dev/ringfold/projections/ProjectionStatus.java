// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

/**
 * How a projection is, at one moment.
 *
 * @param name the projection
 * @param version of what it writes
 * @param state what its worker does
 * @param appliedSequence last event consumed, -1 for none; not permanent yet
 * @param committedSequence position of the newest commit, -1 for none
 * @param lagEvents events in the journal that were not consumed yet
 * @param lagSeconds log time between the event consumed last and now; 0 when there is no lag
 * @param deadLetters events put aside that nobody has decided about
 * @param failure why it is {@link ProjectionState#FAILED}, or what it is retrying; empty if nothing
 */
public record ProjectionStatus(
    String name,
    int version,
    ProjectionState state,
    long appliedSequence,
    long committedSequence,
    long lagEvents,
    double lagSeconds,
    long deadLetters,
    String failure) {}
