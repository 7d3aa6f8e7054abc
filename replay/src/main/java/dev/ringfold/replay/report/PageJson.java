// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.DoubleUnaryOperator;

/**
 * The data of a page as JSON that may stand inside an HTML script element: no character in it ends
 * the element or a line of JavaScript. Stateless.
 */
final class PageJson {
  private static final MathContext VALUE_DIGITS = new MathContext(9, RoundingMode.HALF_EVEN);

  private PageJson() {}

  static String of(Report report) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.writeStartObject();
      out.writeArrayFieldStart("lines");
      for (Report.Line line : report.lines()) {
        out.writeStartObject();
        out.writeStringField("name", line.name());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeArrayFieldStart("charts");
      for (Report.Chart chart : report.charts()) {
        chart(out, chart);
      }
      out.writeEndArray();
      out.writeObjectFieldStart("rate");
      number(out, "width", report.rate().widthSeconds());
      numbers(out, "t", report.rate().beginSeconds(), PageJson::toMillis);
      numbers(out, "y", report.rate().perSecond(), PageJson::shortened);
      out.writeEndObject();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string can always be written", e);
    }
    return safe(text.toString());
  }

  private static void chart(JsonGenerator out, Report.Chart chart) throws IOException {
    out.writeStartObject();
    out.writeStringField("title", chart.title());
    out.writeStringField("note", chart.note());
    out.writeStringField("kind", chart.kind());
    out.writeArrayFieldStart("series");
    for (Report.Series series : chart.series()) {
      Points points = series.points();
      out.writeStartObject();
      out.writeNumberField("line", series.line());
      integers(out, "x", points.x());
      numbers(out, "t", points.seconds(), PageJson::toMillis);
      numbers(out, "y", points.y(), PageJson::shortened);
      if (points.lostX().length > 0) {
        integers(out, "nx", points.lostX());
        numbers(out, "nt", points.lostSeconds(), PageJson::toMillis);
      }
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void integers(JsonGenerator out, String name, long[] values) throws IOException {
    out.writeFieldName(name);
    out.writeArray(values, 0, values.length);
  }

  private static void numbers(
      JsonGenerator out, String name, double[] values, DoubleUnaryOperator rounding)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (double value : values) {
      write(out, rounding.applyAsDouble(value));
    }
    out.writeEndArray();
  }

  private static void number(JsonGenerator out, String name, double value) throws IOException {
    out.writeFieldName(name);
    write(out, value);
  }

  /** Integers without the ".0", which would be a tenth of the page. */
  private static void write(JsonGenerator out, double value) throws IOException {
    if (!Double.isFinite(value)) {
      out.writeNull();
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.writeNumber((long) value);
    } else {
      out.writeNumber(value);
    }
  }

  private static double shortened(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(VALUE_DIGITS).doubleValue() : value;
  }

  private static double toMillis(double seconds) {
    return Math.rint(seconds * 1e3) / 1e3;
  }

  private static String safe(String json) {
    return json.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }
}
