// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.PayloadWriter;

/** An event of a program; one that begins with {@code bad} is refused by {@link RemarkTally}. */
public record Remark(String text) implements Event {
  static final int ID = 4_321;

  /** Its type. */
  public static final EventType<Remark> TYPE =
      EventType.builder(
              ID,
              "dev.ringfold.replay.rebuild.Remark",
              Remark.class,
              EventCodec.of(Remark::encode, Remark::decode))
          .build();

  private void encode(PayloadWriter out) {
    out.putString(text);
  }

  private static Remark decode(PayloadReader in) {
    return new Remark(in.readString());
  }
}
