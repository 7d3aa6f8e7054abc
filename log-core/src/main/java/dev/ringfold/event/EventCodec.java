// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Turns one class of events into payload bytes and back, for the newest schema version of its type.
 * Called from several threads at once, so implementations hold no state.
 *
 * @param <E> the events
 */
public interface EventCodec<E extends Event> {
  /** Writes every field. Must not keep {@code out}. */
  void encode(E event, PayloadWriter out);

  /**
   * Reads what {@link #encode} wrote, to the last byte. Must not keep {@code in}, and need not
   * check bounds: the reader does.
   */
  E decode(PayloadReader in);

  /** A codec from two functions. */
  static <E extends Event> EventCodec<E> of(
      BiConsumer<E, PayloadWriter> encoder, Function<PayloadReader, E> decoder) {
    return new EventCodec<>() {
      @Override
      public void encode(E event, PayloadWriter out) {
        encoder.accept(event, out);
      }

      @Override
      public E decode(PayloadReader in) {
        return decoder.apply(in);
      }
    };
  }
}
