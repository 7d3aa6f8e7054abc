// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.CloseReport;
import dev.ringfold.EventLog;
import dev.ringfold.RingfoldException;
import dev.ringfold.projections.ProjectionFailedException;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.ProjectionStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log that checkpoints are saved to, and how it is closed.
 *
 * @param runtime makes trees; null when there is none, or somebody else's
 * @param owned whether the log was opened for the checkpoints and ends with them
 */
record OpenedLog(EventLog log, @Nullable ProjectionRuntime runtime, boolean owned) {
  private static final Duration LOG_TIMEOUT = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  /** Waits for the trees of what was saved. */
  void closeTrees(Duration timeout) {
    if (runtime == null) {
      return;
    }
    long end = log.lastSequence();
    for (ProjectionStatus status : runtime.status()) {
      try {
        if (!runtime.awaitApplied(status.name(), end, timeout)) {
          LOG.warn("The projection {} goes on when the store is opened again", status.name());
        }
      } catch (ProjectionFailedException e) {
        LOG.warn("The projection {} failed; the checkpoints are whole", status.name(), e);
      }
    }
    runtime.close();
  }

  /** Closes the log if it is owned. */
  void closeLog() {
    if (!owned) {
      return;
    }
    CloseReport report = log.close(LOG_TIMEOUT);
    if (!report.clean()) {
      throw new RingfoldException(
          "The log at "
              + log.directory()
              + " could not be closed in order: events up to "
              + report.durableSequence()
              + " of "
              + report.lastSequence()
              + " are on disk. "
              + report.detail());
    }
  }
}
