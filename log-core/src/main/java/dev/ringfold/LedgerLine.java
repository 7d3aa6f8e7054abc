// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/**
 * One producer's line of the loss ledger in the present session, at one moment.
 *
 * @param producer handle number
 * @param name the producer's name
 * @param offered events offered, from the producer's own counter
 * @param dropped events the producer could not hand to the ring
 */
public record LedgerLine(int producer, String name, long offered, long dropped) {}
