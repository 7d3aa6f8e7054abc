// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

/** A row of metrics that writes itself where it is told to. Belongs to its producer's thread. */
public interface MetricsPayload {
  /** Most bytes that it takes. */
  int maxLength();

  /** Writes the payload of the event and returns its length; allocates nothing. */
  int encode(byte[] target, int offset);
}
