// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A fact that happened, named in the past tense. Users implement it, usually as a record, and
 * register it as an {@link EventType}. Implementations must be immutable: the log may hand one
 * instance to several threads.
 */
public interface Event {}
