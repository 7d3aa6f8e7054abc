// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.DiskFullException;
import dev.ringfold.EventLog;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.UnknownEventTypeException;
import dev.ringfold.UnsafeStoreException;
import dev.ringfold.internal.io.JvmFlags;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One clear message, not a stack trace, and the exit code that is promised. */
final class ErrorMessagesTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-exports",
          "java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens",
          "java.base/java.lang.reflect=ALL-UNNAMED");

  @TempDir private Path folder;

  @Test
  void missingJvmFlagsAreNamedAsTheExactLineToAdd() throws Exception {
    Ran ran = Ran.process(List.of(), folder, "init", folder.resolve("store"));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.ENVIRONMENT);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).startsWith("error: ").contains("java " + JvmFlags.line());
    assertThat(folder.resolve("store")).doesNotExist();
  }

  @Test
  void readingNeedsNoJvmFlags() throws Exception {
    Path store = Stores.create(folder.resolve("store"), 3);

    for (String command : List.of("tail", "stat", "verify", "positions")) {
      Ran ran = Ran.process(List.of(), folder, command, store);

      assertThat(ran.exitCode()).as(command + ": " + ran.err()).isZero();
      assertThat(ran.out()).isNotEmpty();
      assertThat(ran.err()).isEmpty();
    }
  }

  @Test
  void aSecondWriterIsToldProcessAndHost() throws Exception {
    Path store = folder.resolve("store");
    try (EventLog log = Stores.builder(store).build()) {
      Ran ran = Ran.process(FLAGS, folder, "retain", log.directory(), "--before", 1, "--apply");

      assertThat(ran.exitCode()).isEqualTo(ExitCodes.ENVIRONMENT);
      assertThat(ran.err().lines()).hasSize(1);
      assertThat(ran.err())
          .contains("process " + ProcessHandle.current().pid())
          .contains("on host ");
    }
  }

  @Test
  void aDirectoryThatOthersMayWriteIsRefused() throws IOException {
    Path store = Stores.create(folder.resolve("store"), 1);
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxrwxrwx"));

    for (String command : List.of("tail", "stat", "verify", "repair", "init", "positions")) {
      Ran ran = Ran.ringfold(command, store);

      assertThat(ran.exitCode()).as(command).isEqualTo(ExitCodes.ENVIRONMENT);
      assertThat(ran.err()).contains("rwxrwxrwx", "chmod 700 " + store);
    }
    assertThat(Ran.ringfold("doctor", store).out()).contains("bad   directory", "chmod 700");
  }

  @Test
  void aDamagedSegmentNamesFileOffsetSequenceAndCommand() throws IOException {
    Path store = Stores.create(folder.resolve("store"), 2_000);
    Path file = SegmentFiles.queueFile(store, SegmentFiles.present(store)[0]);
    flip(file, 120_000);

    Ran text = Ran.ringfold("tail", store);
    JsonNode error = lastLine(Ran.ringfold("tail", store, "--json"));
    Ran verify = Ran.ringfold("verify", store, "--json");

    assertThat(text.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(text.err()).startsWith("error: ").contains(file.toString(), "ringfold verify");
    assertThat(text.err()).containsPattern("at offset \\d+, first bad sequence \\d+");
    assertThat(error.at("/error/file").asText()).isEqualTo(file.toString());
    assertThat(error.at("/error/offset").asLong()).isBetween(1L, 120_000L);
    assertThat(error.at("/error/firstBadSequence").asLong()).isPositive();
    assertThat(verify.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(verify.json().get("intact").asBoolean()).isFalse();
  }

  @Test
  void aStoreOfANewerVersionSaysSo() throws IOException {
    Path store = Stores.create(folder.resolve("store"), 1);
    Path manifest = store.resolve("MANIFEST");
    String text = Files.readString(manifest).replace("ringfold-manifest 1", "ringfold-manifest 3");
    String body = text.substring(0, text.indexOf("crc32c "));
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        manifest, body + "crc32c " + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n");

    Ran ran = Ran.ringfold("stat", store, "--json");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.json().at("/error/type").asText()).isEqualTo("StoreTooNewException");
  }

  @Test
  void everyKindOfFailureHasItsExitCode() {
    assertThat(Failure.of(new DiskFullException("m")).exitCode()).isEqualTo(1);
    assertThat(Failure.of(new StoreAccessException("m")).exitCode()).isEqualTo(1);
    assertThat(Failure.of(new UnsafeStoreException("m")).exitCode()).isEqualTo(1);
    assertThat(Failure.of(new EventTooLargeException("m")).exitCode()).isEqualTo(5);
    assertThat(Failure.of(new UnknownEventTypeException("m")).exitCode()).isEqualTo(5);
    Failure denied =
        Failure.of(new UncheckedIOException(new AccessDeniedException("/data/MANIFEST")));
    assertThat(denied.exitCode()).isEqualTo(1);
    assertThat(denied.message()).contains("no permission for /data/MANIFEST");
    assertThat(Failure.of(new IllegalStateException("x")).message())
        .contains("unexpected IllegalStateException: x", "--debug");
  }

  private static JsonNode lastLine(Ran ran) {
    List<JsonNode> lines = ran.jsonLines();
    return lines.get(lines.size() - 1);
  }

  private static void flip(Path file, long offset) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
      channel.write(one, offset);
    }
  }
}
