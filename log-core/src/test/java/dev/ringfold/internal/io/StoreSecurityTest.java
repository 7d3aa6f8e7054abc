// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.UnsafeStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("smoke")
class StoreSecurityTest {
  @TempDir Path directory;

  @Test
  void newStoreDirectoryIsForItsOwnerOnly() throws IOException {
    Path store = directory.resolve("a").resolve("store");

    StoreSecurity.prepareStoreDirectory(store);
    StoreSecurity.prepareStoreDirectory(store);

    assertThat(mode(store)).isEqualTo("rwx------");
  }

  @Test
  void filesAndDirectoriesInTheStoreAreForItsOwnerOnly() throws IOException {
    Path file = directory.resolve("file");
    Path child = directory.resolve("child");

    StoreSecurity.createFile(file);
    StoreSecurity.createDirectory(child);
    StoreSecurity.ensureDirectory(child);

    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(child)).isEqualTo("rwx------");
  }

  @Test
  void restrictTakesAwayWhatTheUmaskGave() throws IOException {
    Path file = Files.createFile(directory.resolve("19700101-0000.cq4"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

    StoreSecurity.restrict(file);
    assertThat(mode(file)).isEqualTo("rw-------");

    StoreSecurity.restrictReadOnly(file);
    assertThat(mode(file)).isEqualTo("r--------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
  void directoryThatOthersMayWriteIsRefusedWithTheCommandToRun(String mode) throws IOException {
    Path store = Files.createDirectory(directory.resolve("store"));
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> StoreSecurity.prepareStoreDirectory(store))
        .isInstanceOf(UnsafeStoreException.class)
        .hasMessageContaining(mode)
        .hasMessageContaining("expected rwx------")
        .hasMessageContaining("chmod 700 " + store);
  }

  @Test
  void readableByOthersIsAccepted() throws IOException {
    Path store = Files.createDirectory(directory.resolve("store"));
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThatCode(() -> StoreSecurity.prepareStoreDirectory(store)).doesNotThrowAnyException();
  }

  @Test
  void symbolicLinkAsStoreDirectoryIsRefused() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);

    assertThatThrownBy(() -> StoreSecurity.prepareStoreDirectory(link))
        .isInstanceOf(UnsafeStoreException.class)
        .hasMessageContaining(link.toString())
        .hasMessageContaining("symbolic link");
    assertThatThrownBy(() -> StoreSecurity.ensureDirectory(link))
        .isInstanceOf(UnsafeStoreException.class);
  }

  @Test
  void danglingLinkIsRefusedAndNotCreatedThrough() throws IOException {
    Path missing = directory.resolve("missing");
    Path link = Files.createSymbolicLink(directory.resolve("link"), missing);

    assertThatThrownBy(() -> StoreSecurity.prepareStoreDirectory(link))
        .isInstanceOf(UnsafeStoreException.class);
    assertThat(missing).doesNotExist();
  }

  @Test
  void fileAsStoreDirectoryIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("store"));

    assertThatThrownBy(() -> StoreSecurity.prepareStoreDirectory(file))
        .isInstanceOf(UnsafeStoreException.class)
        .hasMessageContaining("is a file");
  }

  @Test
  void checkOfAMissingStoreDoesNotCreateIt() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> StoreSecurity.checkExisting(missing))
        .isInstanceOf(StoreNotFoundException.class)
        .hasMessageContaining(missing.toString());
    assertThat(missing).doesNotExist();
  }

  @Test
  void foreignOwnerIsRefusedForWritingAndForReadingUnlessRoot() {
    long owner = StoreSecurity.ownerUid(directory);

    assertThatThrownBy(() -> StoreSecurity.checkOwner(directory, owner + 1, true))
        .isInstanceOf(UnsafeStoreException.class)
        .hasMessageContaining("owned by user id " + owner)
        .hasMessageContaining("expected " + (owner + 1));
    assertThatCode(() -> StoreSecurity.checkOwner(directory, owner, false))
        .doesNotThrowAnyException();
    assertThatCode(() -> StoreSecurity.checkOwner(directory, 0, true)).doesNotThrowAnyException();
    assertThatCode(() -> StoreSecurity.checkOwner(directory, Host.UNKNOWN_UID, false))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "NFS4", "cifs", "smb3", "fuse.sshfs", "9p", "lustre"})
  void networkFileSystemIsRefusedByName(String type) {
    assertThatThrownBy(() -> StoreSecurity.checkFileSystem(directory, type))
        .isInstanceOf(UnsafeStoreException.class)
        .hasMessageContaining("'" + type + "'")
        .hasMessageContaining("local disk");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "f2fs", "fuseblk"})
  void localFileSystemIsAccepted(String type) {
    assertThatCode(() -> StoreSecurity.checkFileSystem(directory, type)).doesNotThrowAnyException();
  }

  @Test
  void existingFileIsNotOpenedByCreate() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "kept");
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("absent"));

    assertThatThrownBy(() -> StoreSecurity.createFile(file))
        .isInstanceOf(StoreAccessException.class)
        .hasMessageContaining("exists already");
    assertThatThrownBy(() -> StoreSecurity.createFile(link))
        .isInstanceOf(StoreAccessException.class);
    assertThat(file).hasContent("kept");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
