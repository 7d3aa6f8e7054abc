// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventView;
import dev.ringfold.event.EventTypes;
import dev.ringfold.replay.EventSource;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** Prints the events of one replay after the other as lines. One thread. */
final class PrintedEvents {
  private final EventLines form;
  private final EventTypes types;
  private EventLines.@Nullable Printer printer;

  PrintedEvents(EventLines form, EventTypes types) {
    this.form = form;
    this.types = types;
  }

  void begin(EventSource source) {
    printer = form.printer(types, source);
  }

  String header() {
    return form.header();
  }

  void print(EventView event, Writer out) throws IOException {
    EventLines.Printer begun = printer;
    if (begun == null) {
      throw new IllegalStateException("the replay was not begun");
    }
    begun.print(event, out);
  }
}
