// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/** How much a benchmark with a table measures, as far as every such benchmark has to know. */
interface TableScale {
  /** Whether the numbers are no measurement. */
  boolean quick();

  /** How often everybody takes a turn. */
  Rounds.Turns turns();
}
