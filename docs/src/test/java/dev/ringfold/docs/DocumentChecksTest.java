// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks find what they are there to find. */
final class DocumentChecksTest {
  @TempDir private Path root;

  @Test
  void statementsWithTheStandardImportsCompile() throws IOException {
    assertThat(javaProblems("```java", "Path path = Path.of(\"a\");", "Files.size(path);", "```"))
        .isEmpty();
  }

  @Test
  void statementsWithTheirOwnImportCompile() throws IOException {
    assertThat(
            javaProblems(
                "```java",
                "import java.util.concurrent.TimeUnit;",
                "",
                "long nanos = TimeUnit.DAYS.toNanos(1);",
                "```"))
        .isEmpty();
  }

  @Test
  void wholeClassesAndLoneMembersCompile() throws IOException {
    assertThat(
            javaProblems(
                "```java",
                "package a.b;",
                "public final class Whole { List<Path> paths; }",
                "```",
                "```java",
                "int twice(int n) { return 2 * n; }",
                "```"))
        .isEmpty();
  }

  @Test
  void blockThatDoesNotCompileIsReportedWithTheLineOfTheError() throws IOException {
    List<String> problems =
        javaProblems("# Title", "", "```java", "int a = 1;", "int b = \"text\";", "```");

    assertThat(problems).singleElement().asString().startsWith("a.md:4: ").contains("line 5: ");
  }

  @Test
  void blockThatDoesNotEvenParseIsReported() throws IOException {
    assertThat(javaProblems("```java", "int a = ;", "```")).isNotEmpty();
  }

  @Test
  void continuedBlockSeesTheVariablesOfTheBlocksBeforeIt() throws IOException {
    String[] lines = {"```java", "int a = 1;", "```", "Then:", "```java continued", "a++;", "```"};

    assertThat(javaProblems(lines)).isEmpty();

    lines[4] = "```java";
    assertThat(javaProblems(lines)).singleElement().asString().contains("line 6: ");
  }

  @Test
  void fenceThatAsksNotToBeCompiledIsAProblem() throws IOException {
    assertThat(javaProblems("```java no-compile", "nonsense", "```", "```Java", "x", "```"))
        .hasSize(2);
  }

  @Test
  void blocksInOtherLanguagesAreLeftAlone() throws IOException {
    assertThat(javaProblems("```sh", "nonsense", "```", "```javascript", "x", "```", "```", "y"))
        .isEmpty();
  }

  @Test
  void linksToFilesFoldersAndHeadingsAreFollowed() throws IOException {
    Files.createDirectories(root.resolve("sub"));
    Files.writeString(root.resolve("sub/b.md"), "# B `code` (and more)\n# Same\n# Same\n");

    assertThat(
            linkProblems(
                "[b](sub/b.md) [f](sub) [h](sub/b.md#b-code-and-more) [s](sub/b.md#same-1)",
                "[web](https://example.org/x) `[code](nowhere.md)`",
                "```",
                "[block](nowhere.md)",
                "```"))
        .isEmpty();
  }

  @Test
  void deadLinksAreReportedWithFileAndLine() throws IOException {
    assertThat(
            linkProblems(
                "[gone](gone.md)", "[out](../../etc/passwd)", "[h](#nowhere)", "[r]: gone.txt"))
        .hasSize(4)
        .first()
        .isEqualTo("a.md:1: link gone.md: no such file");
  }

  private List<String> javaProblems(String... lines) throws IOException {
    return checks(lines).javaProblems();
  }

  private List<String> linkProblems(String... lines) throws IOException {
    return checks(lines).linkProblems();
  }

  private DocumentChecks checks(String... lines) throws IOException {
    Path file = root.resolve("a.md");
    Files.writeString(file, String.join("\n", lines));
    return new DocumentChecks(root, file);
  }
}
