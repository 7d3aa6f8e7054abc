// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text format of Prometheus, version 0.0.4, and refuses what does not follow it to the
 * letter: samples without HELP and TYPE before them, metrics that are not together, series that
 * come twice, escapes there are none of, a last line without an end. Only gauges.
 */
final class PrometheusFormat {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern HELP =
      Pattern.compile("# HELP (" + NAME + ") ((?:[^\\\\]|\\\\\\\\|\\\\n)+)");
  private static final Pattern TYPE = Pattern.compile("# TYPE (" + NAME + ") gauge");
  private static final Pattern SAMPLE =
      Pattern.compile("(" + NAME + ")\\{(.*)\\} (-?[0-9]+)", Pattern.DOTALL);
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\\\\\"\n]|\\\\[\\\\\"n])*)\"(,|$)");

  private final Map<String, Map<Map<String, String>, Long>> metrics = new LinkedHashMap<>();
  private final Set<String> helped = new HashSet<>();
  private String current = "";
  private boolean typed;

  /** The samples by metric and labels. */
  static Map<String, Map<Map<String, String>, Long>> parse(String text) {
    if (!text.endsWith("\n")) {
      throw new AssertionError("the last line has no end");
    }
    PrometheusFormat format = new PrometheusFormat();
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      format.line(line);
    }
    return format.metrics;
  }

  private void line(String line) {
    Matcher help = HELP.matcher(line);
    Matcher type = TYPE.matcher(line);
    Matcher sample = SAMPLE.matcher(line);
    if (help.matches()) {
      require(helped.add(help.group(1)), "HELP twice or not together", line);
      require(current.isEmpty() || metrics.containsKey(current), "no sample before", line);
      current = help.group(1);
      typed = false;
    } else if (type.matches()) {
      require(type.group(1).equals(current) && !typed, "TYPE not behind its HELP", line);
      require(!metrics.containsKey(current), "TYPE behind samples", line);
      typed = true;
    } else if (sample.matches()) {
      require(sample.group(1).equals(current) && typed, "a sample of another metric", line);
      Map<String, String> labels = labels(sample.group(2), line);
      Long before =
          metrics
              .computeIfAbsent(current, name -> new LinkedHashMap<>())
              .put(labels, Long.valueOf(sample.group(3)));
      require(before == null, "a series that came before", line);
    } else {
      throw new AssertionError("neither HELP, TYPE nor a sample: " + line);
    }
  }

  private static Map<String, String> labels(String text, String line) {
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(text);
    int at = 0;
    while (at < text.length()) {
      require(label.find(at) && label.start() == at, "wrong labels", line);
      require(labels.put(label.group(1), plain(label.group(2))) == null, "label twice", line);
      at = label.end();
      require(at == text.length() || label.group(3).equals(","), "no comma", line);
    }
    return labels;
  }

  private static String plain(String escaped) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < escaped.length(); i++) {
      char character = escaped.charAt(i);
      if (character == '\\') {
        i++;
        character = escaped.charAt(i) == 'n' ? '\n' : escaped.charAt(i);
      }
      plain.append(character);
    }
    return plain.toString();
  }

  private static void require(boolean condition, String problem, String line) {
    if (!condition) {
      throw new AssertionError(problem + ": " + line);
    }
  }
}
