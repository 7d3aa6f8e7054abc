// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * The order to rewrite a table's sealed parts into fewer ones, as a fact, so that a rebuild does
 * the same at the same place.
 *
 * <pre>
 * offset size payload
 *      0    8 upTo        parts that end at or below this sequence are rewritten
 *      8    . projection  string, its name
 * </pre>
 */
public record TableCompacted(long upTo, String projection) implements Event {}
