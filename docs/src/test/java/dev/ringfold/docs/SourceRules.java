// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import dev.ringfold.docs.SourceFile.Declaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules for sources that no other tool checks: see CONTRIBUTING. Each rule adds what is wrong
 * as {@code file:line: what}.
 */
final class SourceRules {
  /** Lines of one file; a longer one does two things. */
  static final int MAX_FILE_LINES = 450;

  /** Lines of one method. */
  static final int MAX_METHOD_LINES = 70;

  private static final String LICENSE_LINE = "// SPDX-License-Identifier: Apache-2.0";
  private static final Pattern VAGUE_NAME =
      Pattern.compile("\\w+(Manager|Helper|Helpers|Util|Utils|Impl|Data|Info)");
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");
  private static final Pattern CLOCK_READ = Pattern.compile("System\\.currentTimeMillis\\(");
  private static final Pattern SLEEP = Pattern.compile("Thread\\.sleep\\(");
  private static final Pattern DISABLED = Pattern.compile("@Disabled\\b");

  private final Path root;
  private final List<String> problems = new ArrayList<>();

  SourceRules(Path root) {
    this.root = root;
  }

  /** What was found so far. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** The rules for files below {@code src/main/java}. */
  void checkMain(List<Path> files) throws IOException {
    for (SourceFile source : SourceFile.parse(files)) {
      checkMain(source);
    }
  }

  /** The rules for files below {@code src/test/java}. */
  void checkTests(List<Path> files) throws IOException {
    for (SourceFile source : SourceFile.parse(files)) {
      checkEverySource(source);
      refuse(source, SLEEP, "wait for what the test is about instead");
      refuse(source, DISABLED, "a test runs or does not exist");
    }
  }

  private void checkMain(SourceFile source) throws IOException {
    Path file = source.file();
    checkEverySource(source);
    refuse(source, CLOCK_READ, "inject a clock instead");
    for (Declaration type : source.types()) {
      boolean ported = file.toString().contains("/compat/");
      if (VAGUE_NAME.matcher(type.name()).matches() && !ported) {
        add(source, type.line(), type.name() + " says nothing: name what it is");
      }
    }
    checkDocumented(source, source.types());
    // Internal packages are public for our own modules only: what a type is must be said there too.
    if (!file.toString().contains("/internal/")) {
      checkDocumented(source, source.methods());
    }
    checkPackage(file);
  }

  private void checkEverySource(SourceFile source) {
    if (!source.text().startsWith(LICENSE_LINE + "\n")) {
      add(source, 1, "must start with " + LICENSE_LINE);
    }
    long lines = source.text().lines().count();
    if (lines > MAX_FILE_LINES) {
      add(source, 1, lines + " lines, at most " + MAX_FILE_LINES);
    }
    for (Declaration method : source.methods()) {
      if (method.lineCount() > MAX_METHOD_LINES) {
        String is = " has " + method.lineCount() + " lines, at most " + MAX_METHOD_LINES;
        add(source, method.line(), method.name() + is);
      }
    }
    refuse(source, UNFINISHED, "finish it or write an issue");
  }

  private void checkDocumented(SourceFile source, List<Declaration> declarations) {
    for (Declaration declaration : declarations) {
      if (declaration.open() && !declaration.documented()) {
        add(source, declaration.line(), declaration.name() + " is public and has no Javadoc");
      }
    }
  }

  private void checkPackage(Path file) throws IOException {
    Path info = file.resolveSibling("package-info.java");
    if (!Files.exists(info)) {
      problems.add(root.relativize(info) + ":1: missing; it says what the package is");
    } else if (!Files.readString(info).contains("NullMarked")) {
      problems.add(root.relativize(info) + ":1: must be @NullMarked");
    }
  }

  private void refuse(SourceFile source, Pattern pattern, String instead) {
    // The rules name what they look for.
    if (source.file().endsWith("SourceRules.java")
        || source.file().endsWith("SourceRulesTest.java")) {
      return;
    }
    Matcher matcher = pattern.matcher(source.text());
    while (matcher.find()) {
      int line = (int) source.text().substring(0, matcher.start()).lines().count();
      add(source, Math.max(1, line), matcher.group() + ": " + instead);
    }
  }

  private void add(SourceFile source, int line, String problem) {
    problems.add(root.relativize(source.file()) + ":" + line + ": " + problem);
  }
}
