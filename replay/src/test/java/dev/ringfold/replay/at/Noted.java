// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.PayloadWriter;

/** An event of a user's own type. */
public record Noted(long number) implements Event {
  static final int ID = 2_001;

  /** Its type. */
  public static final EventType<Noted> TYPE =
      EventType.builder(ID, "Noted", Noted.class, new Codec()).build();

  /** The types of a program that knows it. */
  public static EventTypes types() {
    return EventTypes.builder().add(TYPE).build();
  }

  private static final class Codec implements EventCodec<Noted> {
    @Override
    public void encode(Noted event, PayloadWriter out) {
      out.putLong(event.number());
    }

    @Override
    public Noted decode(PayloadReader in) {
      return new Noted(in.readLong());
    }
  }
}
