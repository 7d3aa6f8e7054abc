// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.nio.file.Path;

/** Ringfold itself. */
final class RingfoldPeer implements Peer {
  @Override
  public String name() {
    return "ringfold";
  }

  @Override
  public Store create(Path directory, StoreOptions options) {
    throw new UnsupportedOperationException("the log is not part of this build yet");
  }

  @Override
  public long replay(Path directory, Checker checker) {
    throw new UnsupportedOperationException("the log is not part of this build yet");
  }
}
