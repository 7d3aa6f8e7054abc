// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

/** Leaves the middle of a batch because the worker was told to stop; never seen by users. */
final class DriveStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DriveStopped() {
    super("stopped", null, false, false);
  }
}
