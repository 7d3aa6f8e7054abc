// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.DiskFullException;
import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("smoke")
class DurableFileTest {
  @TempDir Path directory;
  private Path tmp;
  private Path target;

  @BeforeEach
  void createTmp() throws IOException {
    tmp = Files.createDirectory(directory.resolve("_tmp"));
    target = directory.resolve("MANIFEST");
  }

  @Test
  void frozenFileHasAllBytesAndOwnerOnlyMode() throws IOException {
    try (DurableFile file = DurableFile.create(target, tmp)) {
      file.append("one ".getBytes(UTF_8));
      file.append("-two-".getBytes(UTF_8), 1, 3);
      assertThat(file.length()).isEqualTo(7);
      assertThat(target).doesNotExist();
      file.freeze();
    }

    assertThat(target).hasContent("one two");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
    assertThat(tmp).isEmptyDirectory();
  }

  @Test
  void closeWithoutFreezeLeavesNothingAndKeepsTheOldContent() throws IOException {
    Files.writeString(target, "old");

    try (DurableFile file = DurableFile.create(target, tmp)) {
      file.append("new".getBytes(UTF_8));
      assertThat(file.temporary()).exists();
    }

    assertThat(target).hasContent("old");
    assertThat(tmp).isEmptyDirectory();
  }

  @Test
  void writeReplacesTheOldContent() throws IOException {
    Files.writeString(target, "a longer old content");

    DurableFile.write(target, tmp, "new".getBytes(UTF_8));

    assertThat(target).hasContent("new");
  }

  @Test
  void temporaryFileIsPrivateWhileItIsWritten() throws IOException {
    try (DurableFile file = DurableFile.create(target, tmp)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.temporary())))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void failureBeforeTheRenameKeepsTheOldContentAndDeletesTheTemporary() throws IOException {
    Files.writeString(target, "old");

    try (FaultPoint.Hook hook =
        FaultPoint.install(
            name -> {
              if (name.equals("manifest.tmpWritten")) {
                throw new StoreAccessException("injected");
              }
            })) {
      assertThatThrownBy(() -> DurableFile.write(target, tmp, new byte[9], "manifest"))
          .isInstanceOf(StoreAccessException.class)
          .hasMessage("injected");
      assertThat(hook).isNotNull();
    }

    assertThat(target).hasContent("old");
    assertThat(tmp).isEmptyDirectory();
  }

  @Test
  void interruptedThreadWritesInFullAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    DurableFile.write(target, tmp, "whole".getBytes(UTF_8));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(target).hasContent("whole");
  }

  @Test
  void frozenOrClosedFileTakesNothingMore() {
    DurableFile file = DurableFile.create(target, tmp);
    file.freeze();

    assertThatThrownBy(() -> file.append(new byte[1]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("frozen");
    file.close();
    assertThat(target).exists();
  }

  @Test
  void missingTmpDirectoryIsNamed() {
    Path missing = directory.resolve("nowhere");

    assertThatThrownBy(() -> DurableFile.create(target, missing))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining(missing.toString())
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void missingTargetDirectoryFailsAndLeavesNoTemporary() {
    Path unreachable = directory.resolve("nowhere").resolve("file");

    assertThatThrownBy(() -> DurableFile.write(unreachable, tmp, new byte[1]))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining(unreachable.toString());
    assertThat(tmp).isEmptyDirectory();
  }

  @Test
  void fullDiskIsToldApartFromOtherFailures() {
    assertThat(FileFailure.of("cannot write", target, new IOException("No space left on device")))
        .isInstanceOf(DiskFullException.class)
        .hasMessageContaining(target.toString())
        .hasMessageContaining("Free space");
    assertThat(FileFailure.of("cannot write", target, new IOException("Disk quota exceeded")))
        .isInstanceOf(DiskFullException.class);
    assertThat(FileFailure.of("cannot write", target, new IOException("Input/output error")))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("Input/output error");
  }

  @ParameterizedTest
  @CsvSource({"manifest.tmpWritten,old", "manifest.renamed,new"})
  void deathAtAnyPointLeavesOneWholeContent(String point, String expected) throws IOException {
    Files.writeString(target, "old");

    try (ChildJvm child =
        ChildJvm.start(Writer.class, List.of("-Dringfold.faultpoint=" + point), target, tmp)) {
      assertThat(child.exitCode()).as(child.errors()).isEqualTo(FaultPoint.HALT_STATUS);
    }

    assertThat(target).hasContent(expected);
    try (Stream<Path> left = Files.list(tmp)) {
      assertThat(left.count()).isEqualTo(expected.equals("old") ? 1 : 0);
    }
  }

  /** Writes "new" to the target with fault points. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      DurableFile.write(Path.of(args[0]), Path.of(args[1]), "new".getBytes(UTF_8), "manifest");
    }
  }
}
