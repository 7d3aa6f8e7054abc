// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventView;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.transfer.WholeFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Lines of events in a file that is there when it is complete, or not at all. One thread. */
final class WholeLinesTarget implements ReplayTarget {
  private static final int BUFFER_CHARS = 1 << 16;

  private final PrintedEvents events;
  private final DurableFile file;
  private final Writer out;

  WholeLinesTarget(Path target, EventLines form, EventTypes types) throws IOException {
    this.events = new PrintedEvents(form, types);
    this.file = WholeFile.begin(target);
    this.out =
        new BufferedWriter(
            new OutputStreamWriter(WholeFile.stream(file), StandardCharsets.UTF_8), BUFFER_CHARS);
  }

  @Override
  public void begin(EventSource source) throws IOException {
    events.begin(source);
    out.write(events.header());
  }

  @Override
  public void take(EventView event) throws IOException {
    events.print(event, out);
  }

  @Override
  public void finish() throws IOException {
    out.flush();
    file.freeze();
  }

  @Override
  public void close() {
    file.close();
  }
}
