// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Layouts stand twice: in the Javadoc of the class that writes them, and in a document, under a
 * heading behind which the class is named. Compares the two, line by line.
 */
final class Layouts {
  /** How a layout begins; other preformatted text is an example. */
  private static final Pattern LAYOUT = Pattern.compile("(?s)(offset size|header,|ringfold-).*");

  /** Layouts of payloads; a document names their classes and copies only some. */
  private static final String PAYLOAD = "offset size payload";

  private static final Pattern PRE = Pattern.compile("(?s)<pre>\\s*\\n(.*?)\\n\\s*\\*\\s*</pre>");
  private static final Pattern CODE = Pattern.compile("`(\\w+)`");
  private static final Pattern FENCE = Pattern.compile("^```\\w*$");

  private final Map<String, List<String>> byClass = new LinkedHashMap<>();
  private final Set<String> documented = new LinkedHashSet<>();

  /** Reads the preformatted texts of the Javadoc of these sources. */
  Layouts(List<Path> sources) throws IOException {
    for (Path source : sources) {
      String name = source.getFileName().toString().replace(".java", "");
      Matcher pre = PRE.matcher(Files.readString(source));
      while (pre.find()) {
        byClass.computeIfAbsent(name, unused -> new ArrayList<>()).add(plain(pre.group(1)));
      }
    }
  }

  private static String plain(String javadoc) {
    List<String> lines = new ArrayList<>();
    for (String line : javadoc.split("\n", -1)) {
      lines.add(line.replaceFirst("^\\s*\\* ?", "").stripTrailing());
    }
    return String.join("\n", lines)
        .replaceAll("\\{@(?:link|code) ([^}]*)}", "$1")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  /** Blocks of a document that are in the Javadoc of no class named since the last heading. */
  List<String> problems(Path file, String text) {
    List<String> problems = new ArrayList<>();
    Set<String> named = new LinkedHashSet<>();
    String[] lines = text.split("\n", -1);
    for (int at = 0; at < lines.length; at++) {
      if (FENCE.matcher(lines[at]).matches()) {
        int first = at + 1;
        StringBuilder block = new StringBuilder();
        for (at++; at < lines.length && !lines[at].equals("```"); at++) {
          block.append(block.isEmpty() ? "" : "\n").append(lines[at].stripTrailing());
        }
        String problem = compare(block.toString(), named);
        if (!problem.isEmpty()) {
          problems.add(file.getFileName() + ":" + first + ": " + problem);
        }
      } else if (lines[at].startsWith("#")) {
        named.clear();
      } else {
        Matcher code = CODE.matcher(lines[at]);
        while (code.find()) {
          if (byClass.containsKey(code.group(1))) {
            named.add(code.group(1));
          }
        }
      }
    }
    return problems;
  }

  private String compare(String block, Set<String> named) {
    documented.add(block);
    if (named.isEmpty()) {
      return "no class with a layout is named above this block";
    }
    for (String name : named) {
      if (byClass.get(name).contains(block)) {
        return "";
      }
    }
    return "differs from the Javadoc of " + named;
  }

  /** Layouts of files that no document has had so far, as the names of their classes. */
  List<String> undocumented() {
    List<String> missing = new ArrayList<>();
    byClass.forEach(
        (name, texts) -> {
          for (String text : texts) {
            boolean file = LAYOUT.matcher(text).matches() && !text.startsWith(PAYLOAD);
            if (file && !documented.contains(text)) {
              missing.add(name);
            }
          }
        });
    return missing;
  }
}
