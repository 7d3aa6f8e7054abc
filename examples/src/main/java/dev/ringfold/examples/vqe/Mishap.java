// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

/** What {@link JobSimulator} does with a submission besides its work. */
enum Mishap {
  /** Nothing. */
  NONE,
  /** Says that it is busy: the job was not taken. */
  BUSY,
  /** Closes the connection without taking the job. */
  LOSE_REQUEST,
  /** Takes the job and closes the connection without an answer. */
  LOSE_REPLY,
  /** Closes the connection first and takes the job a moment later. */
  LATE,
  /** Takes the job and says a few times that it is not ready; does not happen to plain jobs. */
  SLOW,
  /** Kills its client before it takes the job, which it then does not. */
  KILL_BEFORE,
  /** Kills its client and takes the job a moment later. */
  KILL_LATE,
  /** Takes the job and kills its client before it answers. */
  KILL_DURING,
  /** Takes the job, answers, and kills its client a moment later. */
  KILL_AFTER,
  /** Dies itself before it takes the job. */
  DIE_BEFORE,
  /** Dies itself when it has taken the job, before it answers. */
  DIE_AFTER;

  /** Whether the client dies of it. */
  boolean kills() {
    return name().startsWith("KILL_");
  }

  /** Whether the simulator dies of it. */
  boolean dies() {
    return name().startsWith("DIE_");
  }
}
