// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sources of every module keep the rules, and the rules find what breaks them. */
final class SourceRulesTest {
  private static final String HEAD = "// SPDX-License-Identifier: Apache-2.0\npackage a;\n";

  @TempDir private Path root;

  @Test
  void everySourceKeepsTheRules() throws IOException {
    SourceRules rules = new SourceRules(Checkout.root());
    rules.checkMain(Checkout.mainSources());
    rules.checkTests(Checkout.testSources());

    assertThat(Checkout.mainSources()).isNotEmpty();
    assertThat(rules.problems()).isEmpty();
  }

  @Test
  void publicTypesAndMethodsWithoutJavadocAreFound() throws IOException {
    assertThat(
            mainProblems(
                "public final class A {",
                "  public A() {}",
                "  public void open() {}",
                "  void hidden() {}",
                "  @Override public String toString() { return \"\"; }",
                "  /** Nested. */ public interface N { void inside(); }",
                "  static class Hidden { public void unseen() {} }",
                "}"))
        .containsExactly(
            "A.java:3: A is public and has no Javadoc",
            "A.java:4: <init> is public and has no Javadoc",
            "A.java:5: open is public and has no Javadoc",
            "A.java:8: inside is public and has no Javadoc");
  }

  @Test
  void methodsOfInternalPackagesNeedNoJavadoc() throws IOException {
    Path folder = Files.createDirectories(root.resolve("internal"));
    Files.writeString(folder.resolve("package-info.java"), "@NullMarked package a;");
    String source = HEAD + "/** A. */\npublic final class A {\n  public void open() {}\n}\n";
    Path file = Files.writeString(folder.resolve("A.java"), source);
    SourceRules rules = new SourceRules(root);

    rules.checkMain(List.of(file));

    assertThat(rules.problems()).isEmpty();
  }

  @Test
  void documentedSourceHasNoProblem() throws IOException {
    assertThat(
            mainProblems(
                "/** A. */",
                "public record A(int n) {",
                "  /** Twice. */",
                "  public int x() {",
                "    return 2 * n;",
                "  }",
                "}"))
        .isEmpty();
  }

  @Test
  void vagueNamesUnfinishedWorkAndClockReadsAreFound() throws IOException {
    assertThat(
            mainProblems(
                "final class ThingManager {",
                "  // TODO later",
                "  long now = System.currentTimeMillis();",
                "}"))
        .hasSize(3);
  }

  @Test
  void longMethodsAndFilesAreFound() throws IOException {
    String filler = "    n++;\n".repeat(SourceRules.MAX_FILE_LINES);

    assertThat(mainProblems("final class A {", "  int n;", "  void m() {", filler, "  }", "}"))
        .hasSize(2);
  }

  @Test
  void missingLicenceAndPackageInfoAreFound() throws IOException {
    Path file = Files.writeString(root.resolve("A.java"), "package a;\nfinal class A {}\n");
    SourceRules rules = new SourceRules(root);

    rules.checkMain(List.of(file));

    assertThat(rules.problems()).hasSize(2);
  }

  @Test
  void sleepingAndDisabledTestsAreFound() throws IOException {
    Path file =
        Files.writeString(
            root.resolve("A.java"),
            HEAD + "final class A {\n  @Disabled void t() {\n    Thread.sleep(1);\n  }\n}\n");
    SourceRules rules = new SourceRules(root);

    rules.checkTests(List.of(file));

    assertThat(rules.problems()).hasSize(2);
  }

  private List<String> mainProblems(String... lines) throws IOException {
    Files.writeString(root.resolve("package-info.java"), "@NullMarked package a;");
    Path file = Files.writeString(root.resolve("A.java"), HEAD + String.join("\n", lines) + "\n");
    SourceRules rules = new SourceRules(root);
    rules.checkMain(List.of(file));
    return rules.problems();
  }
}
