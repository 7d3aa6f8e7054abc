// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

/** The kinds of faults that the harness knows. */
@SuppressWarnings("ImmutableEnumChecker") // Every fault is stateless: what varies is passed to it.
public enum FaultKind {
  /** SIGKILL at random moments; takes a workload of your own. */
  KILL(new KillFault(), KillFault.KILLS),
  /** Death at every named place of the core. */
  POINT(new FaultPointFault(), FaultPointFault.corePoints().size()),
  /** Losses of power: mixes of forced and unforced pages. */
  POWER(new PowerLossFault(), PowerLossFault.MIXES),
  /** Damaged files: bit flips, lost pages, cuts. */
  DAMAGE(new DamageFault(), DamageFault.DAMAGES);

  private final Fault fault;
  private final int runsPerSeed;

  FaultKind(Fault fault, int runsPerSeed) {
    this.fault = fault;
    this.runsPerSeed = runsPerSeed;
  }

  Fault fault() {
    return fault;
  }

  /** How many faults one seed stands for. */
  public int runsPerSeed() {
    return runsPerSeed;
  }
}
