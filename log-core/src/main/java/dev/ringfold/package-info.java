// SPDX-License-Identifier: Apache-2.0
/**
 * The log: what is published, in what order, and how far it is durable. Start with {@link
 * dev.ringfold.EventLog}.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold;
