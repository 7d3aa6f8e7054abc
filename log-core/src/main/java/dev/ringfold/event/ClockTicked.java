// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/** Time passed; the log time of the event says how far. The payload is empty. */
public record ClockTicked() implements Event {}
