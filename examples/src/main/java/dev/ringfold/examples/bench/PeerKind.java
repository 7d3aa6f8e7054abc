// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.Locale;
import java.util.function.Supplier;

/** The peers by name, so that a child JVM can be told which one it is. */
enum PeerKind {
  RINGFOLD(RingfoldPeer::new),
  DISRUPTOR(DisruptorPeer::new),
  CHRONICLE(ChroniclePeer::new),
  FILE_BUFFERED(() -> new FilePeer(false)),
  FILE_PREALLOCATED(() -> new FilePeer(true)),
  AERON_ARCHIVE(AeronPeer::new);

  private final Supplier<Peer> factory;

  PeerKind(Supplier<Peer> factory) {
    this.factory = factory;
  }

  /** Name in the table, on the command line of a child and in JSON. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A new instance. */
  Peer create() {
    return factory.get();
  }

  /** The peer with this label. */
  static PeerKind of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
