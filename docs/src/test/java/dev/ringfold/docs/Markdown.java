// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the checks need of one Markdown text: fenced blocks, links, and the anchors of its headings.
 *
 * @param blocks the fenced blocks, in order
 * @param links the targets of inline and reference links outside of code
 * @param anchors the anchors that headings get, as GitHub makes them
 */
record Markdown(List<Block> blocks, List<Link> links, List<String> anchors) {

  /**
   * A fenced block.
   *
   * @param language the text behind the opening fence
   * @param line the line of its first line of text, from 1
   */
  record Block(String language, int line, String text) {}

  /** The target of a link, and the line it is on, from 1. */
  record Link(String target, int line) {}

  private static final Pattern FENCE = Pattern.compile("^\\s*(`{3,}|~{3,})\\s*(.*?)\\s*$");
  private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");
  private static final Pattern INLINE_CODE = Pattern.compile("(`+)(?:(?!\\1).)*?\\1");
  private static final Pattern INLINE_LINK =
      Pattern.compile("\\[[^\\]]*\\]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)");
  private static final Pattern REFERENCE_LINK =
      Pattern.compile("^\\s{0,3}\\[[^\\]]+\\]:\\s*(\\S+)");
  private static final Pattern NOT_IN_ANCHORS = Pattern.compile("[^\\p{L}\\p{N} _-]");

  Markdown {
    blocks = List.copyOf(blocks);
    links = List.copyOf(links);
    anchors = List.copyOf(anchors);
  }

  /** Reads a text; an unclosed fence ends with the text. */
  static Markdown parse(String text) {
    List<Block> blocks = new ArrayList<>();
    List<Link> links = new ArrayList<>();
    List<String> anchors = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    int at = 0;
    while (at < lines.length) {
      Matcher fence = FENCE.matcher(lines[at]);
      if (fence.matches()) {
        at = readBlock(lines, at + 1, fence.group(1), fence.group(2), blocks);
      } else {
        readLine(lines[at], at + 1, links, anchors);
        at++;
      }
    }
    return new Markdown(blocks, links, anchors);
  }

  /** Reads to the closing fence and returns the place behind it. */
  private static int readBlock(
      String[] lines, int first, String fence, String language, List<Block> blocks) {
    StringBuilder text = new StringBuilder();
    int at = first;
    while (at < lines.length && !closes(lines[at], fence)) {
      text.append(lines[at]).append('\n');
      at++;
    }
    blocks.add(new Block(language, first + 1, text.toString()));
    return at + 1;
  }

  private static boolean closes(String line, String fence) {
    String stripped = line.strip();
    return stripped.startsWith(fence) && stripped.replace(fence.substring(0, 1), "").isEmpty();
  }

  private static void readLine(String line, int number, List<Link> links, List<String> anchors) {
    Matcher heading = HEADING.matcher(line);
    if (heading.matches()) {
      anchors.add(unique(anchor(heading.group(1)), anchors));
    }
    String prose = INLINE_CODE.matcher(line).replaceAll("");
    for (Pattern pattern : List.of(INLINE_LINK, REFERENCE_LINK)) {
      Matcher link = pattern.matcher(prose);
      while (link.find()) {
        links.add(new Link(link.group(1), number));
      }
    }
  }

  private static String anchor(String heading) {
    String text = heading.replace("`", "").toLowerCase(Locale.ROOT);
    return NOT_IN_ANCHORS.matcher(text).replaceAll("").replace(' ', '-');
  }

  private static String unique(String anchor, List<String> taken) {
    String candidate = anchor;
    for (int n = 1; taken.contains(candidate); n++) {
      candidate = anchor + "-" + n;
    }
    return candidate;
  }
}
