// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/** Asks a peer for something that not every peer can do. */
final class Capability {
  private Capability() {}

  /**
   * The peer as a {@code type}.
   *
   * @throws UnsupportedOperationException naming the peer and what it cannot do
   */
  static <T extends Peer> T of(Peer peer, Class<T> type) {
    if (!type.isInstance(peer)) {
      throw new UnsupportedOperationException(peer.name() + " is not a " + type.getSimpleName());
    }
    return type.cast(peer);
  }
}
