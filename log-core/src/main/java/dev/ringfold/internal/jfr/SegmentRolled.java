// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The journal thread began a new segment. */
@Name("ringfold.SegmentRolled")
@Label("Segment Rolled")
@Description("The journal goes on in a new segment.")
@Category("Ringfold")
@StackTrace(false)
public final class SegmentRolled extends Event {
  private static final SegmentRolled PROBE = new SegmentRolled();

  @Label("Segment")
  long segment;

  @Label("First Sequence")
  long firstSequence;

  private SegmentRolled() {}

  /** Begins the measurement; null while no recording wants it. */
  public static @Nullable SegmentRolled begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    SegmentRolled event = new SegmentRolled();
    event.begin();
    return event;
  }

  /** Ends the measurement and records it. */
  public void done(long ofSegment, long ofFirstSequence) {
    end();
    if (shouldCommit()) {
      segment = ofSegment;
      firstSequence = ofFirstSequence;
      commit();
    }
  }
}
