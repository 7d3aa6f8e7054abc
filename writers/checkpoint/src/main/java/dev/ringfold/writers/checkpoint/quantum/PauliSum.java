// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.ArrayList;
import java.util.List;

/** A real combination of Pauli products: a Hamiltonian, say. Immutable. */
public final class PauliSum {
  /** Most terms. */
  public static final int MAX_TERMS = 100_000;

  /** A factor and the product it belongs to. */
  public record Term(double factor, PauliString pauli) {}

  private final List<Term> terms;

  private PauliSum(List<Term> terms) {
    if (terms.size() > MAX_TERMS) {
      throw new IllegalArgumentException("A sum has at most " + MAX_TERMS + " terms");
    }
    this.terms = List.copyOf(terms);
  }

  /** The sum of nothing: zero. */
  public static PauliSum zero() {
    return new PauliSum(List.of());
  }

  /** This sum and one more term, such as {@code plus(-1.0, "Z0 Z1")}. */
  public PauliSum plus(double factor, String pauli) {
    if (!Double.isFinite(factor)) {
      throw new IllegalArgumentException("A factor must be finite but was " + factor);
    }
    List<Term> more = new ArrayList<>(terms);
    more.add(new Term(factor, PauliString.parse(pauli)));
    return new PauliSum(more);
  }

  /** The terms. */
  public List<Term> terms() {
    return terms;
  }

  /** Expectation of the sum, of a normalised state. */
  public double expectation(StateVector state) {
    double sum = 0;
    for (Term term : terms) {
      sum += term.factor * term.pauli.expectation(state);
    }
    return sum;
  }

  /** The operator times a vector, in a fresh array; both as {@link StateVector#amplitudes}. */
  public double[] times(StateVector state) {
    double[] product = new double[state.amplitudes().length];
    for (Term term : terms) {
      if (((term.pauli.flips() | term.pauli.signs()) >>> state.qubits()) != 0) {
        throw new IllegalArgumentException(term.pauli + " acts on more qubits than " + state);
      }
      term.pauli.addApplied(term.factor, state.amplitudes(), product);
    }
    return product;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Term term : terms) {
      text.append(text.length() == 0 ? "" : " + ")
          .append(term.factor)
          .append("·")
          .append(term.pauli);
    }
    return text.length() == 0 ? "0" : text.toString();
  }
}
