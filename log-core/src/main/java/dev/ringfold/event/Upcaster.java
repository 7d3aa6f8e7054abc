// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Rewrites a payload of schema version n as one of version n + 1, when read; stored bytes are never
 * changed. Called from several threads at once, so implementations hold no state.
 */
public interface Upcaster {
  /** The version read; the version written is one more. */
  int fromVersion();

  /**
   * Reads the old payload and writes the next version's. Fields that were dropped need not be read.
   */
  void upcast(PayloadReader old, PayloadWriter next);

  /**
   * The step from a version to the next one with the same bytes: names or types of fields changed
   * in the program only.
   */
  static Upcaster unchanged(int fromVersion) {
    return new Upcaster() {
      @Override
      public int fromVersion() {
        return fromVersion;
      }

      @Override
      public void upcast(PayloadReader old, PayloadWriter next) {
        byte[] bytes = old.readRaw(old.remaining());
        next.putRaw(bytes, 0, bytes.length);
      }
    };
  }
}
