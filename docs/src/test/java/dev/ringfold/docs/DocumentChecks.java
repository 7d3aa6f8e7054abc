// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import dev.ringfold.docs.Markdown.Block;
import dev.ringfold.docs.Markdown.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The checks of one Markdown file; each returns what is wrong as {@code file:line: what}. */
final class DocumentChecks {
  /** A block of its own. */
  static final String JAVA = "java";

  /** Statements that see the variables of the Java blocks before them in the same document. */
  static final String JAVA_CONTINUED = "java continued";

  private final Path root;
  private final Path file;
  private final Markdown document;

  DocumentChecks(Path root, Path file) throws IOException {
    this.root = root;
    this.file = file;
    this.document = Markdown.parse(Files.readString(file));
  }

  /** Java blocks that do not compile, or that ask not to be compiled. */
  List<String> javaProblems() {
    List<String> problems = new ArrayList<>();
    StringBuilder chain = new StringBuilder();
    for (Block block : document.blocks()) {
      String language = block.language();
      if (language.equals(JAVA)) {
        chain.setLength(0);
      } else if (!language.equals(JAVA_CONTINUED)) {
        if (language.toLowerCase(Locale.ROOT).startsWith(JAVA)
            && !language.toLowerCase(Locale.ROOT).startsWith("javascript")) {
          String allowed = "; a Java fence is \"java\" or \"java continued\"";
          problems.add(at(block.line() - 1) + "fence \"" + language + "\"" + allowed);
        }
        continue;
      }
      int firstLine = block.line() - (int) chain.chars().filter(c -> c == '\n').count();
      chain.append(block.text());
      for (String error : new JavaBlock(chain.toString(), firstLine).errors()) {
        problems.add(at(block.line()) + "Java block does not compile: " + error);
      }
    }
    return problems;
  }

  /** The number of Java blocks. */
  long javaBlockCount() {
    return document.blocks().stream().filter(block -> block.language().startsWith(JAVA)).count();
  }

  /** Relative links to files or headings that do not exist. */
  List<String> linkProblems() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Link link : document.links()) {
      String target = link.target();
      if (!target.matches("^[a-zA-Z][a-zA-Z0-9+.-]*:.*")) {
        String problem = linkProblem(target);
        if (!problem.isEmpty()) {
          problems.add(at(link.line()) + "link " + target + ": " + problem);
        }
      }
    }
    return problems;
  }

  private String linkProblem(String target) throws IOException {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path folder = path.startsWith("/") ? root : file.getParent();
    Path linked = path.isEmpty() ? file : folder.resolve(path.replaceFirst("^/+", "")).normalize();
    if (!linked.startsWith(root)) {
      return "leads out of the repository";
    }
    if (!Files.exists(linked)) {
      return "no such file";
    }
    if (hash < 0 || !linked.toString().endsWith(".md")) {
      return "";
    }
    List<String> anchors = Markdown.parse(Files.readString(linked)).anchors();
    String anchor = target.substring(hash + 1);
    return anchors.contains(anchor) ? "" : "no such heading; there are " + anchors;
  }

  private String at(int line) {
    return root.relativize(file) + ":" + line + ": ";
  }
}
