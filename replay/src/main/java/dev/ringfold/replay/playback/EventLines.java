// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventView;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.StreamKey;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.transfer.Csv;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Events as lines of text, each with its sequence first. One thread. */
enum EventLines {
  /** The objects of {@link EventJson}. */
  JSONL("", "\n", Pattern.compile("\\{\"sequence\":(\\d{1,19}),.*\\}", Pattern.DOTALL)),

  /** Fixed columns, the payload as JSON in the last one. */
  CSV(
      "sequence,log_time,event_time,type,type_id,version,producer,stream,space,actor,device,"
          + "payload\r\n",
      Csv.LINE_END,
      Pattern.compile("(\\d{1,19}),.*\r", Pattern.DOTALL));

  private static final JsonMapper MAPPER = new JsonMapper();

  private final String header;
  private final String lineEnd;
  private final Pattern line;

  EventLines(String header, String lineEnd, Pattern line) {
    this.header = header;
    this.lineEnd = lineEnd;
    this.line = line;
  }

  /** The first line with its end; empty when there is none. */
  String header() {
    return header;
  }

  /** The sequence that a line without its newline begins with; -1 when it is not one of these. */
  long sequenceOf(String text) {
    Matcher matcher = line.matcher(text);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  /** Writes lines of one replay. */
  Printer printer(EventTypes types, EventSource source) {
    return new Printer(this, new EventJson(types, source));
  }

  /** Writes lines. */
  static final class Printer {
    private final EventLines form;
    private final EventJson json;

    private Printer(EventLines form, EventJson json) {
      this.form = form;
      this.json = json;
    }

    void print(EventView event, Appendable out) throws IOException {
      if (form == JSONL) {
        out.append(text(json.of(event)));
      } else {
        record(event, out);
      }
      out.append(form.lineEnd);
    }

    private void record(EventView event, Appendable out) throws IOException {
      StreamKey stream = event.stream();
      out.append(Long.toString(event.sequence()));
      out.append(',').append(event.logTime().toString());
      out.append(',').append(event.eventTime().toString());
      Csv.field(out.append(','), json.typeName(event.typeId()));
      out.append(',').append(Integer.toString(event.typeId()));
      out.append(',').append(Integer.toString(event.schemaVersion()));
      out.append(',').append(Integer.toString(event.producer()));
      Csv.field(out.append(','), stream.name());
      optional(out, stream.space());
      optional(out, stream.actor());
      optional(out, stream.device());
      Csv.field(out.append(','), text(json.payload(event)));
    }

    private static void optional(Appendable out, String text) throws IOException {
      out.append(',');
      if (!text.isEmpty()) {
        Csv.field(out, text);
      }
    }

    private static String text(ObjectNode node) {
      try {
        return MAPPER.writeValueAsString(node);
      } catch (JsonProcessingException e) {
        throw new AssertionError("a tree of plain values can always be written", e);
      }
    }
  }
}
