// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/** How far an event has come when its caller is told. Each level includes the ones before it. */
public enum AckLevel {
  /** The ring took it. Survives nothing; a drop is counted and declared. */
  RING,
  /** Its frame is written to the journal. Survives {@code kill -9} and the OOM killer. */
  JOURNAL,
  /** The file was forced and the force was checked. Survives power loss. */
  DISK
}
