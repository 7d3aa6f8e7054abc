// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

/** Takes acknowledgements, in whatever thread they come. */
@FunctionalInterface
interface AckSink {
  /**
   * Notes one acknowledged event.
   *
   * @param crc CRC32C of its payload
   * @param item low bits of the item's number
   */
  void acknowledged(long sequence, int crc, int item);
}
