// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** One frame went into the journal; the journal thread. The threshold leaves out the fast ones. */
@Name("ringfold.FrameWritten")
@Label("Frame Written")
@Description("One frame went into the journal. Only slow ones by default.")
@Category("Ringfold")
@StackTrace(false)
@Threshold("1 ms")
public final class FrameWritten extends Event {
  private static final FrameWritten PROBE = new FrameWritten();

  @Label("First Sequence")
  long firstSequence;

  @Label("Events")
  int events;

  @Label("Bytes")
  @DataAmount
  long bytes;

  private FrameWritten() {}

  /** Begins the measurement; null while no recording wants it. */
  public static @Nullable FrameWritten begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    FrameWritten event = new FrameWritten();
    event.begin();
    return event;
  }

  /** Ends the measurement and records it. */
  public void done(long ofFirstSequence, int ofEvents, long ofBytes) {
    end();
    if (shouldCommit()) {
      firstSequence = ofFirstSequence;
      events = ofEvents;
      bytes = ofBytes;
      commit();
    }
  }
}
