// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Drops were declared in the journal; the journal thread. */
@Name("ringfold.DropsDeclared")
@Label("Drops Declared")
@Description("Events were dropped, and the journal says so.")
@Category("Ringfold")
@StackTrace(false)
public final class DropsDeclared extends Event {
  private static final DropsDeclared PROBE = new DropsDeclared();

  @Label("Producer")
  int producer;

  @Label("Count")
  long count;

  @Label("Reason")
  String reason = "";

  private DropsDeclared() {}

  /** Records it when a recording wants it. */
  public static void emit(int producer, long count, String reason) {
    if (PROBE.isEnabled()) {
      DropsDeclared event = new DropsDeclared();
      event.producer = producer;
      event.count = count;
      event.reason = reason;
      event.commit();
    }
  }
}
