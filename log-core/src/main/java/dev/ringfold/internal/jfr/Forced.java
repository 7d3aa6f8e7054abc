// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A force of the journal; the thread that forced. */
@Name("ringfold.Forced")
@Label("Forced")
@Description("Everything up to a sequence is on disk.")
@Category("Ringfold")
@StackTrace(false)
public final class Forced extends Event {
  private static final Forced PROBE = new Forced();

  @Label("Durable Sequence")
  long durableSequence;

  @Label("Bytes")
  @DataAmount
  long bytes;

  private Forced() {}

  /** Begins the measurement; null while no recording wants it. */
  public static @Nullable Forced begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    Forced event = new Forced();
    event.begin();
    return event;
  }

  /** Ends the measurement and records it. */
  public void done(long ofDurableSequence, long ofBytes) {
    end();
    if (shouldCommit()) {
      durableSequence = ofDurableSequence;
      bytes = ofBytes;
      commit();
    }
  }
}
