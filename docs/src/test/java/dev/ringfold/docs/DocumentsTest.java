// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every document of this repository. */
final class DocumentsTest {

  @Test
  @Tag("smoke")
  void everyJavaBlockCompiles() throws IOException {
    List<String> problems = new ArrayList<>();
    long blocks = 0;
    for (Path file : Checkout.markdownFiles()) {
      DocumentChecks checks = new DocumentChecks(Checkout.root(), file);
      blocks += checks.javaBlockCount();
      problems.addAll(checks.javaProblems());
    }
    System.out.println("Java blocks compiled: " + blocks);

    assertThat(problems).isEmpty();
  }

  @Test
  void everyRelativeLinkLeadsToAFileAndHeading() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Path file : Checkout.markdownFiles()) {
      problems.addAll(new DocumentChecks(Checkout.root(), file).linkProblems());
    }

    assertThat(Checkout.markdownFiles()).isNotEmpty();
    assertThat(problems).isEmpty();
  }
}
