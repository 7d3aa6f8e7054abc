// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

/** The kinds of faults that the harness knows. */
@SuppressWarnings("ImmutableEnumChecker") // Every fault is stateless: what varies is passed to it.
public enum FaultKind {
  /** SIGKILL at random moments. */
  KILL(KillFault.KILLS),
  /** Death at every named place of the core. */
  POINT(FaultPointFault.corePoints().size()),
  /** Losses of power: mixes of forced and unforced pages. */
  POWER(PowerLossFault.MIXES),
  /** Damaged files: bit flips, lost pages, cuts. Knows every event of its store. */
  DAMAGE(DamageFault.DAMAGES);

  private final int runsPerSeed;

  FaultKind(int runsPerSeed) {
    this.runsPerSeed = runsPerSeed;
  }

  Fault fault() {
    return switch (this) {
      case KILL -> new KillFault();
      case POINT -> new FaultPointFault();
      case POWER -> new PowerLossFault();
      case DAMAGE -> new DamageFault();
    };
  }

  /** Whether it publishes a {@link Workload} of your own. */
  public boolean takesWorkload() {
    return this != DAMAGE;
  }

  /** How many faults one seed stands for. */
  public int runsPerSeed() {
    return runsPerSeed;
  }
}
