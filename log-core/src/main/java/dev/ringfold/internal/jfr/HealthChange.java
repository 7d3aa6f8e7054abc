// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The log went to another condition; any thread. */
@Name("ringfold.HealthChange")
@Label("Health Change")
@Description("What the log accepts has changed.")
@Category("Ringfold")
@StackTrace(false)
public final class HealthChange extends Event {
  private static final HealthChange PROBE = new HealthChange();

  @Label("From")
  String from = "";

  @Label("To")
  String to = "";

  @Label("Reason")
  String reason = "";

  private HealthChange() {}

  /** Records it when a recording wants it. */
  public static void emit(String from, String to, String reason) {
    if (PROBE.isEnabled()) {
      HealthChange event = new HealthChange();
      event.from = from;
      event.to = to;
      event.reason = reason;
      event.commit();
    }
  }
}
