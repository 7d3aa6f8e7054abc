// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layouts in the documents are those of the classes that write them. */
final class FileFormatsTest {
  private static final List<String> WRITING = List.of("log-core/", "projections/", "writers/");

  @TempDir private Path root;

  @Test
  void everyLayoutInTheDocumentsIsThatOfTheClassThatWritesIt() throws IOException {
    List<Path> sources =
        Checkout.mainSources().stream()
            .filter(source -> WRITING.stream().anyMatch(Checkout.name(source)::startsWith))
            .toList();
    Layouts layouts = new Layouts(sources);
    List<String> problems = new ArrayList<>();
    int documents = 0;
    for (Path file : Checkout.markdownFiles()) {
      if (file.getFileName().toString().startsWith("file-formats")) {
        documents++;
        problems.addAll(layouts.problems(file, Files.readString(file)));
      }
    }

    assertThat(documents).isGreaterThanOrEqualTo(4);
    assertThat(problems).isEmpty();
    assertThat(layouts.undocumented()).isEmpty();
  }

  @Test
  void aBlockThatDiffersOrHasNoClassIsFound() throws IOException {
    Path source = root.resolve("Thing.java");
    Files.writeString(
        source,
        "/**\n * A thing.\n *\n * <pre>\n * offset size field\n *      0    4 length  of {@link X}"
            + " &lt;n&gt;\n * </pre>\n */\nfinal class Thing {}\n");
    Layouts layouts = new Layouts(List.of(source));
    String right = "```text\noffset size field\n     0    4 length  of X <n>\n```\n";
    String wrong = right.replace("    4", "    8");

    assertThat(layouts.undocumented()).containsExactly("Thing");
    assertThat(layouts.problems(root, "# A\n`Thing`:\n\n" + right)).isEmpty();
    assertThat(layouts.undocumented()).isEmpty();
    assertThat(layouts.problems(root, "# A\n`Thing`:\n" + wrong)).hasSize(1);
    assertThat(layouts.problems(root, "# A\n`Thing`:\n# B\n" + right)).hasSize(1);
  }
}
