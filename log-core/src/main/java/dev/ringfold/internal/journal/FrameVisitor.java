// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

/** Sees every valid frame of a {@link SegmentScan}, in order, on the caller's thread. */
@FunctionalInterface
public interface FrameVisitor {
  /** Called with the reader at a frame; the body is valid until the call returns. */
  void visit(FrameReader frame);
}
