// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.replay.backup.EventfulStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands backup, backups, restore, repair --salvage and retain --policy. */
final class BackupCommandTest {
  @TempDir private Path folder;

  @Test
  void aStoreIsBackedUpVerifiedRestoredAndRotated() {
    Path store = Stores.create(folder.resolve("store"), 500);
    Path place = folder.resolve("backups");

    Ran full = Ran.ringfold("backup", store, "--to", place, "--verify");
    assertThat(full.exitCode()).as(full.err()).isEqualTo(ExitCodes.OK);
    assertThat(full.out()).contains("000001-full: ", "verified by opening it");
    Stores.create(store, 100);
    JsonNode next =
        Ran.ringfold("backup", store, "--to", place, "--incremental", "--archive", "--json").json();
    assertThat(next.get("taken").asBoolean()).isTrue();
    assertThat(next.get("parent").asText()).isEqualTo("000001-full");
    assertThat(place.resolve("000002-incremental.zip")).isRegularFile();

    assertThat(Ran.ringfold("backups", place).out())
        .contains("backup", "000001-full", "archive", "directory");
    assertThat(Ran.ringfold("backups", place, "--verify", "--quick").out()).contains("hashes only");
    JsonNode verified = Ran.ringfold("backups", place, "--verify", "000001-full", "--json").json();
    assertThat(verified.get("opened").asBoolean()).isTrue();

    Path target = folder.resolve("new");
    Ran restored = Ran.ringfold("restore", place, "--to", target, "--at", "123");
    assertThat(restored.exitCode()).as(restored.err()).isEqualTo(ExitCodes.OK);
    assertThat(restored.out()).contains("sequences 0 to 123");
    assertThat(EventfulStore.events(target)).isEqualTo(EventfulStore.events(store, 123));
    Ran whole =
        Ran.ringfold("restore", place, "--to", folder.resolve("all"), "--at", "end", "--json");
    assertThat(whole.json().get("lastSequence").asLong())
        .isEqualTo(next.get("lastSequence").asLong());

    assertThat(Ran.ringfold("backup", store, "--to", place).exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(Ran.ringfold("backups", place, "--keep-last", "1", "-n").out())
        .contains("would delete 2 backups: 000001-full, 000002-incremental");
    assertThat(Ran.ringfold("backups", place, "--keep-last", "1", "--json").json().get("deleted"))
        .hasSize(2);
    assertThat(Ran.ringfold("backups", place, "--older-than", "1d").out())
        .contains("deleted 0 backups");
    Ran none = Ran.ringfold("backups", place, "--keep-last", "0");
    assertThat(none.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(none.err()).contains("--keep-last must be at least 1 but was 0");
  }

  @Test
  void aDamagedBackupIsExitCodeFourAndNamesTheFile() throws IOException {
    Path store = Stores.create(folder.resolve("store"), 50);
    Path place = folder.resolve("backups");
    Ran.ringfold("backup", store, "--to", place);
    Path description = place.resolve("000001-full/backup.json");
    byte[] bytes = Files.readAllBytes(description);
    bytes[40] ^= 1;
    Files.write(description, bytes);

    Ran listed = Ran.ringfold("backups", place);
    Ran restored = Ran.ringfold("restore", place, "--to", folder.resolve("new"));

    assertThat(listed.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(listed.out()).contains("000001-full", "backup.json", "expected");
    assertThat(restored.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(restored.err()).contains("backup.json");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void salvageSaysWhatIsLostAsTextAndJson() throws IOException {
    Path store = Stores.create(folder.resolve("store"), 500);
    Ran sound = Ran.ringfold("repair", store, "--salvage", folder.resolve("sound"));
    assertThat(sound.exitCode()).as(sound.err()).isEqualTo(ExitCodes.OK);
    assertThat(sound.out()).contains("nothing is lost");
    Path file = SegmentFiles.queueFile(store, SegmentFiles.present(store)[0]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    Ran text = Ran.ringfold("repair", store, "--salvage", folder.resolve("one"));
    Ran json = Ran.ringfold("repair", store, "--salvage", folder.resolve("two"), "--json");

    assertThat(text.exitCode()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(text.out()).contains("LOST: segment 1, bytes ", " events are lost");
    assertThat(json.json().get("complete").asBoolean()).isFalse();
    assertThat(json.json().get("lost")).hasSize(1);
    assertThat(Ran.ringfold("verify", folder.resolve("one")).exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(Ran.ringfold("repair", store, "--salvage", "x", "-n").exitCode())
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void retainShowsWhatThePolicyWouldDelete() throws IOException {
    Path store = Stores.create(folder.resolve("store"), 50);
    Stores.create(store, 50);
    Path config = Files.writeString(folder.resolve("log.yaml"), "retention-bytes: 1\n");

    assertThat(Ran.ringfold("retain", store, "--policy").exitCode()).isEqualTo(ExitCodes.USAGE);
    Ran dry = Ran.ringfold("retain", store, "--policy", "--config", config);
    assertThat(dry.exitCode()).as(dry.err()).isEqualTo(ExitCodes.OK);
    assertThat(dry.out()).contains("would delete 2 segments");
  }
}
