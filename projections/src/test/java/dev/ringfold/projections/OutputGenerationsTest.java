// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputGenerationsTest {
  @TempDir private Path parent;

  private OutputGenerations output;

  @BeforeEach
  void name() {
    output = new OutputGenerations(parent, "text");
  }

  private Path built(String content) throws IOException {
    Path built = Files.createDirectory(parent.resolve("built-" + content));
    Files.writeString(built.resolve("file"), content);
    Files.createDirectory(built.resolve("inner"));
    Files.writeString(built.resolve("inner/file"), content);
    return built;
  }

  private String seen() throws IOException {
    return Files.readString(output.link().resolve("inner/file"));
  }

  @Test
  void aPromotedDirectoryIsTheOneBehindTheLink() throws IOException {
    assertThat(output.promote(built("a"))).isZero();
    assertThat(output.promote(built("b"))).isEqualTo(1);

    assertThat(seen()).isEqualTo("b");
    assertThat(Files.isSymbolicLink(output.link())).isTrue();
    assertThat(output.numbers()).containsExactly(2, 1);
    assertThat(output.directory()).isEqualTo(output.generation(2));
    assertThat(OutputGenerations.resolve(output.link())).isEqualTo(output.generation(2));
  }

  @Test
  void aPlainDirectoryBecomesTheGenerationBefore() throws IOException {
    Files.move(built("plain"), output.link());
    assertThat(output.directory()).isEqualTo(output.link());

    output.promote(built("new"));

    assertThat(seen()).isEqualTo("new");
    assertThat(output.generation(1).resolve("file")).hasContent("plain");
    assertThat(output.rollBack()).isEqualTo(3);
    assertThat(seen()).isEqualTo("plain");
  }

  @Test
  void aRollBackIsTakenBackByAnother() throws IOException {
    output.promote(built("a"));
    output.promote(built("b"));
    Path reader = output.link().toRealPath();

    output.rollBack();
    assertThat(seen()).isEqualTo("a");
    assertThat(reader.resolve("file")).hasContent("b");
    output.rollBack();
    assertThat(seen()).isEqualTo("b");
    // Linked, not copied.
    assertThat(Files.getAttribute(reader.resolve("file"), "unix:nlink")).isEqualTo(2);
  }

  @Test
  void withoutAnEarlierGenerationThereIsNoRollBack() throws IOException {
    output.promote(built("a"));

    assertThat(output.canRollBack()).isFalse();
    assertThatThrownBy(output::rollBack)
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("no generation of text before the last rebuild");
    assertThat(seen()).isEqualTo("a");
  }

  @Test
  void withoutLinksAPointerFileTells() throws IOException {
    output = new OutputGenerations(parent, "text", false);
    output.promote(built("a"));
    output.promote(built("b"));

    assertThat(output.link()).doesNotExist();
    assertThat(output.pointer()).hasContent("text.generations/000002");
    assertThat(OutputGenerations.resolve(output.link()).resolve("file")).hasContent("b");
    output.rollBack();
    assertThat(output.directory().resolve("file")).hasContent("a");
  }

  @Test
  void exchangedByRenamesAndBack() throws IOException {
    assertThat(output.exchange(built("a"))).isZero();
    assertThat(output.exchange(built("b"))).isEqualTo(1);
    assertThat(seen()).isEqualTo("b");
    assertThat(Files.isSymbolicLink(output.link())).isFalse();

    assertThat(output.rollBack()).isZero();

    assertThat(seen()).isEqualTo("a");
    assertThat(output.canRollBack()).isTrue();
  }

  @Test
  void oldGenerationsGoAfterTheirTimeAndKeptOnesLater() throws IOException {
    output.promote(built("a"));
    output.promote(built("b"));
    output.promote(built("c"));
    Instant now = Instant.now();
    output.keep(1, now.plus(Duration.ofDays(2)));

    assertThat(output.deleteOld(now.plus(Duration.ofMinutes(9)))).isTrue();
    assertThat(output.numbers()).containsExactly(3, 2, 1);
    assertThat(output.deleteOld(now.plus(Duration.ofMinutes(11)))).isTrue();
    assertThat(output.numbers()).containsExactly(3, 1);
    assertThat(output.deleteOld(now.plus(Duration.ofDays(3)))).isFalse();
    assertThat(output.numbers()).containsExactly(3);
    try (var left = Files.list(output.generations())) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void theAgeOfAGenerationCountsFromItsOwnSwitch() throws IOException {
    output.promote(built("a"));
    output.promote(built("b"));
    output.promote(built("c"));
    Instant now = Instant.now();
    Path note = output.generations().resolve("000001.replaced");
    Files.setLastModifiedTime(note, FileTime.from(now.minus(Duration.ofMinutes(11))));

    assertThat(output.deleteOld(now)).isTrue();

    assertThat(output.numbers()).containsExactly(3, 2);
    assertThat(note).doesNotExist();
  }

  /** As a compaction does. */
  private int rewrite() throws IOException {
    int next = output.next();
    Files.move(built("rewritten" + next), output.generation(next));
    output.switchTo(next);
    return next;
  }

  @Test
  void aRollBackPassesOverGenerationsThatHoldTheSameRows() throws IOException {
    output.promote(built("a"));
    rewrite();
    output.promote(built("b"));
    rewrite();
    rewrite();

    output.rollBack();
    assertThat(seen()).isEqualTo("rewritten2");
    rewrite();
    output.rollBack();
    assertThat(seen()).isEqualTo("rewritten5");
  }

  @Test
  void withoutTheRebuiltOnesOriginThereIsNoRollBack() throws IOException {
    output.promote(built("a"));
    output.promote(built("b"));
    rewrite();
    output.delete(1);

    assertThat(output.canRollBack()).isFalse();
    assertThatThrownBy(output::rollBack).isInstanceOf(NoSuchFileException.class);
    assertThat(seen()).isEqualTo("rewritten3");
  }

  @Test
  void generationsOfAnEarlierReleaseHaveNoNotes() throws IOException {
    output.promote(built("a"));
    output.promote(built("b"));
    Files.delete(output.generations().resolve("000001.replaced"));

    Instant now = Instant.now();
    assertThat(output.deleteOld(now.plus(Duration.ofMinutes(9)))).isTrue();
    output.rollBack();

    assertThat(seen()).isEqualTo("a");
    assertThat(output.deleteOld(now.plus(Duration.ofMinutes(11)))).isFalse();
  }

  @Test
  void aDeathInADeletionLeavesNothingThatIsTakenForAnOutput() throws IOException {
    for (boolean plain : new boolean[] {false, true}) {
      if (plain) {
        output.exchange(built("old"));
        output.exchange(built("new"));
      } else {
        output.promote(built("a"));
        output.promote(built("b"));
      }
      dieAt("rebuild.setAside", output::deleteAll);
      if (plain) {
        assertThat(seen()).isEqualTo("new"); // Whole: only the generations are gone.
        dieAt("rebuild.setAside", output::deleteAll);
      }

      assertThat(parent.resolve("text.deleting")).isDirectory();
      output.heal();

      assertThat(output.exists()).isFalse();
      try (var left = Files.list(parent)) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void aHalfDeletedGenerationIsNotRolledBackTo() throws IOException {
    output.promote(built("a"));
    output.promote(built("b"));

    dieAt("rebuild.setAside", () -> output.delete(1));

    assertThat(output.canRollBack()).isFalse();
    output.heal();
    assertThat(parent.resolve("text.deleting")).doesNotExist();
  }

  private static void dieAt(String point, ThrowingCallable work) {
    try (FaultPoint.Hook hook =
        FaultPoint.install(
            hit -> {
              if (hit.equals(point)) {
                throw new IllegalStateException("dies");
              }
            })) {
      assertThat(hook).isNotNull();
      assertThatThrownBy(work).hasMessage("dies");
    }
  }

  @Test
  void aDeathAtAnyStepLeavesAnOutputThatHealMakesWhole() throws IOException {
    for (String point : new String[] {"rebuild.moved", "rebuild.adopted", "rebuild.switched"}) {
      output = new OutputGenerations(parent, "of-" + point);
      Files.move(built("old-" + point), output.link());
      Path next = built("new-" + point);
      dieAt(point, () -> output.promote(next));

      output.heal();

      assertThat(seen()).as(point).endsWith(point);
      assertThat(output.exists()).isTrue();
    }
  }

  @Test
  void deletedWithEverything() throws IOException {
    output.promote(built("a"));
    output.promote(built("b"));
    output.keep(1, Instant.MAX.minusSeconds(1));

    output.deleteAll();

    try (var left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
    assertThat(output.exists()).isFalse();
    assertThat(output.current()).isZero();
  }
}
