// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/** An open log (under construction). */
public final class EventLog {
  private EventLog() {}
}
