// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import java.time.Duration;

/**
 * Which segments may go. Whole segments only, from the oldest on, and never the one that is being
 * written.
 */
public sealed interface RetentionRule {
  /** Segments whose events are all below a sequence. */
  record BeforeSequence(long sequence) implements RetentionRule {
    /** Checks the sequence. */
    public BeforeSequence {
      if (sequence < 0) {
        throw new IllegalArgumentException("sequence must be >= 0 but was " + sequence);
      }
    }
  }

  /** Segments whose last frame is older than this, by the log's own clock. */
  record OlderThan(Duration age) implements RetentionRule {
    /** Checks the age. */
    public OlderThan {
      if (age.isNegative()) {
        throw new IllegalArgumentException("age must not be negative but was " + age);
      }
    }
  }

  /** The oldest segments, until the journal's frames take at most this many bytes. */
  record KeepBytes(long bytes) implements RetentionRule {
    /** Checks the bytes. */
    public KeepBytes {
      if (bytes < 0) {
        throw new IllegalArgumentException("bytes must be >= 0 but was " + bytes);
      }
    }
  }

  /**
   * Segments that are due by a policy.
   *
   * @param policy the age and the bytes
   * @param below only segments whose events are all below this sequence, that of a checkpoint
   */
  record ByPolicy(RetentionPolicy policy, long below) implements RetentionRule {
    /** Checks the sequence. */
    public ByPolicy {
      if (below < 0) {
        throw new IllegalArgumentException("below must be >= 0 but was " + below);
      }
    }
  }
}
