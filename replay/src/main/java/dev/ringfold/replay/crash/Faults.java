// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

/** What faults have in common. */
final class Faults {
  private Faults() {}

  /** Removes the site of a good run and keeps that of a bad one. */
  static void finish(CrashSite site, Verdict verdict) {
    if (verdict.isGood()) {
      site.remove();
    } else {
      site.keep();
    }
  }
}
