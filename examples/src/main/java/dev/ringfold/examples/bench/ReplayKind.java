// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.List;
import java.util.Locale;

/** The child JVM of {@code bench replay}; who is compared with is a {@link PeerKind}. */
enum ReplayKind implements ChildKind {
  STORE;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Class<?> main() {
    return ReplayWorker.class;
  }

  @Override
  public List<String> flags() {
    return ChildJvm.flags("-Xms256m", "-Xmx1g");
  }

  /** The kind with this label. */
  static ReplayKind of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
