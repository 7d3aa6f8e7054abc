// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A Java block of a document, compiled against this module's class path. A block is a compilation
 * unit, or statements (they become the body of a method that throws Exception), or members of a
 * class: the first of these that parses. The standard imports are there in all three.
 */
final class JavaBlock {
  private static final String STANDARD_IMPORTS =
      "import dev.ringfold.*; import dev.ringfold.event.*; import java.nio.file.*;"
          + " import java.time.*; import java.util.*; ";
  private static final Pattern IMPORT = Pattern.compile("(?m)^\\s*(import\\s[^;\\n]+;)[ \\t]*$");
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "(?m)^public\\s+(?:(?:final|abstract|sealed|non-sealed)\\s+)*"
              + "(?:class|interface|enum|record|@interface)\\s+(\\w+)");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package\\s+[\\w.]+;");

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  /** Shared by all blocks, so that the jars of the class path (this JVM's) are listed once. */
  private static final StandardJavaFileManager FILES =
      COMPILER.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);

  private final String text;
  private final int firstLine;

  /**
   * @param text the block, with the blocks that it continues before it
   * @param firstLine the document's line on which the text starts
   */
  JavaBlock(String text, int firstLine) {
    this.text = text;
    this.firstLine = firstLine;
  }

  /** What the compiler says against it, as {@code line N: message}; empty when it compiles. */
  List<String> errors() {
    String unit = asUnit();
    if (parses(unit)) {
      return compile(unit);
    }
    String statements = wrapped("class Block { void run() throws Exception { ", "}}");
    String members = wrapped("class Block { ", "}");
    return compile(!parses(statements) && parses(members) ? members : statements);
  }

  private String asUnit() {
    Matcher packageLine = PACKAGE.matcher(text);
    if (packageLine.find()) {
      return text.substring(0, packageLine.end())
          + STANDARD_IMPORTS
          + text.substring(packageLine.end());
    }
    return STANDARD_IMPORTS + text;
  }

  /** Imports move to the front; every line keeps its number. */
  private String wrapped(String before, String after) {
    StringBuilder imports = new StringBuilder(STANDARD_IMPORTS);
    Matcher matcher = IMPORT.matcher(text);
    while (matcher.find()) {
      imports.append(matcher.group(1)).append(' ');
    }
    return imports + before + matcher.replaceAll("") + "\n" + after;
  }

  private static boolean parses(String source) {
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try {
      // Without the class path and the symbols of the release: parsing needs neither.
      task(source, found, List.of("-source", "17", "-proc:none")).parse();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return found.getDiagnostics().stream().noneMatch(JavaBlock::isError);
  }

  private List<String> compile(String source) {
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try {
      task(source, found, List.of("--release", "17", "-proc:none")).analyze();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    List<String> errors = new ArrayList<>();
    for (Diagnostic<? extends JavaFileObject> diagnostic : found.getDiagnostics()) {
      if (isError(diagnostic)) {
        long line = firstLine + diagnostic.getLineNumber() - 1;
        errors.add("line " + line + ": " + diagnostic.getMessage(Locale.ROOT));
      }
    }
    return errors;
  }

  private static boolean isError(Diagnostic<? extends JavaFileObject> diagnostic) {
    return diagnostic.getKind() == Diagnostic.Kind.ERROR;
  }

  private static JavacTask task(
      String source, DiagnosticCollector<JavaFileObject> found, List<String> options) {
    return (JavacTask)
        COMPILER.getTask(null, FILES, found, options, null, List.of(new InMemory(source)));
  }

  /** A source that was never a file, named as its public type demands. */
  private static final class InMemory extends SimpleJavaFileObject {
    private final String source;

    InMemory(String source) {
      super(URI.create("string:///" + typeName(source) + ".java"), Kind.SOURCE);
      this.source = source;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return source;
    }

    private static String typeName(String source) {
      Matcher matcher = PUBLIC_TYPE.matcher(source);
      return matcher.find() ? matcher.group(1) : "Block";
    }
  }
}
