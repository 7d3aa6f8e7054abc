// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.MissingJvmFlagsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
class JvmFlagsTest {
  @TempDir Path directory;

  @Test
  void thisTestsFlagsAreEnough() {
    assertThatCode(JvmFlags::require).doesNotThrowAnyException();
  }

  @Test
  void missingFlagsAreNamedAlone() {
    assertThatThrownBy(() -> JvmFlags.check(true, false, 17))
        .isInstanceOf(MissingJvmFlagsException.class)
        .hasMessageContaining("without --add-opens java.base/java.lang.reflect=ALL-UNNAMED.")
        .hasMessageContaining("java " + JvmFlags.line(17))
        .hasMessageContaining("Add-Exports");
    assertThatThrownBy(() -> JvmFlags.check(false, true, 17))
        .hasMessageContaining("without --add-exports java.base/sun.nio.ch=ALL-UNNAMED.");
  }

  @Test
  void nativeAccessIsAskedForOnlyWhereTheFlagExists() {
    assertThat(JvmFlags.line(17)).doesNotContain("native-access");
    assertThat(JvmFlags.line(21)).doesNotContain("native-access");
    assertThat(JvmFlags.line(25)).endsWith("--enable-native-access=ALL-UNNAMED");
    assertThat(JvmFlags.line()).isEqualTo(JvmFlags.line(Runtime.version().feature()));
  }

  @Test
  void jvmWithoutFlagsIsToldTheLineThatWorks() {
    try (ChildJvm child = ChildJvm.start(Quiet.class, List.of(), directory)) {
      assertThat(child.exitCode()).isEqualTo(1);
      assertThat(child.errors())
          .contains("MissingJvmFlagsException")
          .contains(JvmFlags.line())
          .doesNotContain("AssertionError");
    }
  }

  @Test
  void firstChronicleQueueOpensSilentlyAndLeavesNothingInTheHomeDirectory() throws IOException {
    Path home = Files.createDirectory(directory.resolve("home"));
    Path queue = Files.createDirectory(directory.resolve("queue"));
    List<String> flags = new java.util.ArrayList<>(ChildJvm.FLAGS);
    flags.add("-Duser.home=" + home);
    if (Runtime.version().feature() >= 24) {
      flags.add("--sun-misc-unsafe-memory-access=allow");
    }

    try (ChildJvm child = ChildJvm.start(Quiet.class, flags, queue)) {
      assertThat(child.output()).isEqualTo("written\n");
      assertThat(child.exitCode()).isZero();
      assertThat(child.errors()).isEmpty();
    }

    assertThat(home).isEmptyDirectory();
    assertThat(queue.resolve("metadata.cq4t")).exists();
  }

  @Test
  void quietChronicleKeepsWhatTheUserSet() {
    String property = "chronicle.announcer.disable";
    String before = System.setProperty(property, "false");
    try {
      JvmFlags.quietChronicle();

      assertThat(System.getProperty(property)).isEqualTo("false");
      assertThat(System.getProperty("chronicle.analytics.disable")).isEqualTo("true");
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  /** Opens a queue as the journal does and writes one document. */
  static final class Quiet {
    private Quiet() {}

    public static void main(String[] args) {
      JvmFlags.require();
      JvmFlags.quietChronicle();
      try (ChronicleQueue queue =
              SingleChronicleQueueBuilder.binary(args[0]).timeProvider(() -> 0).build();
          ExcerptAppender appender = queue.createAppender()) {
        try (DocumentContext document = appender.writingDocument()) {
          document.wire().bytes().writeLong(42);
        }
      }
      System.out.println("written");
    }
  }
}
