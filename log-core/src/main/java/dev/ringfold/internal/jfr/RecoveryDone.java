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

/** The recovery of an open; the opening thread. */
@Name("ringfold.RecoveryDone")
@Label("Recovery Done")
@Description("A store was read and mended before it was opened.")
@Category("Ringfold")
@StackTrace(false)
public final class RecoveryDone extends Event {
  private static final RecoveryDone PROBE = new RecoveryDone();

  @Label("Last Sequence")
  long lastSequence;

  @Label("Cut Frames")
  long cutFrames;

  @Label("Cut Bytes")
  @DataAmount
  long cutBytes;

  @Label("Unclean Stop")
  boolean unclean;

  private RecoveryDone() {}

  /** Begins the measurement; null while no recording wants it. */
  public static @Nullable RecoveryDone begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    RecoveryDone event = new RecoveryDone();
    event.begin();
    return event;
  }

  /** Ends the measurement and records it. */
  public void done(long ofLastSequence, long ofCutFrames, long ofCutBytes, boolean ofUnclean) {
    end();
    if (shouldCommit()) {
      lastSequence = ofLastSequence;
      cutFrames = ofCutFrames;
      cutBytes = ofCutBytes;
      unclean = ofUnclean;
      commit();
    }
  }
}
