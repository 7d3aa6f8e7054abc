// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.List;
import java.util.Locale;

/** The peers by name, so that a child JVM can be told which one it is. */
enum PeerKind implements ChildKind {
  RINGFOLD,
  DISRUPTOR,
  CHRONICLE,
  FILE_BUFFERED,
  FILE_PREALLOCATED,
  AERON_ARCHIVE;

  /** Name in the table, on the command line of a child and in JSON. */
  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Class<?> main() {
    return Worker.class;
  }

  @Override
  public List<String> flags() {
    return ChildJvm.flags();
  }

  /** A new instance. */
  Peer create() {
    return switch (this) {
      case RINGFOLD -> new RingfoldPeer();
      case DISRUPTOR -> new DisruptorPeer();
      case CHRONICLE -> new ChroniclePeer();
      case FILE_BUFFERED -> new FilePeer(false);
      case FILE_PREALLOCATED -> new FilePeer(true);
      case AERON_ARCHIVE -> new AeronPeer();
    };
  }

  /** The peer with this label. */
  static PeerKind of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
