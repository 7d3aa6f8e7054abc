// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.UnsafeStoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Who may touch a store and where it may live. Directories are 0700 and files 0600, so the
 * directory is the guard even for files that a library creates with the user's umask.
 *
 * <p>Refused with {@link UnsafeStoreException}: a store directory that is a symbolic link, that
 * group or others may write, that another user owns, or that is on a network file system (whose
 * locks and forces cannot be trusted). Checks of mode and owner apply where the file system has
 * them. Stateless, thread-safe; cold path.
 */
public final class StoreSecurity {
  /** File system types whose locks, renames or forces do not hold what the journal needs. */
  static final Set<String> NETWORK_FILE_SYSTEMS =
      Set.of(
          "nfs",
          "nfs3",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "smbfs2",
          "afs",
          "afpfs",
          "ncpfs",
          "ceph",
          "glusterfs",
          "lustre",
          "gpfs",
          "beegfs",
          "orangefs",
          "pvfs2",
          "ocfs2",
          "gfs",
          "gfs2",
          "9p",
          "v9fs",
          "virtiofs",
          "vboxsf",
          "vmhgfs",
          "prl_fs",
          "davfs",
          "webdav",
          "coda",
          "moosefs",
          "fuse.sshfs",
          "fuse.glusterfs",
          "fuse.ceph",
          "fuse.cephfs",
          "fuse.juicefs",
          "fuse.s3fs",
          "fuse.gcsfuse",
          "fuse.rclone",
          "fuse.mfs",
          "fuse.davfs",
          "fuse.vmhgfs-fuse");

  private static final Set<PosixFilePermission> DIRECTORY_MODE =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> READ_ONLY_MODE =
      PosixFilePermissions.fromString("r--------");
  private static final long ROOT_UID = 0L;

  private StoreSecurity() {}

  /** Whether acknowledgements at DISK level are supported on this operating system. */
  public static boolean diskAckSupported() {
    return Host.isLinux();
  }

  /**
   * Makes {@code directory} a safe place for a store: creates it (mode 0700, parents by umask) when
   * absent, else checks it as {@link #checkExisting} does, and checks the file system.
   */
  public static void prepareStoreDirectory(Path directory) {
    if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        try {
          Files.createDirectories(parent);
        } catch (IOException e) {
          throw FileFailure.of("cannot create directory", parent, e);
        }
      }
      createDirectory(directory);
    }
    checkExisting(directory);
    checkOwner(directory, Host.effectiveUid(), false);
    if (!Files.isWritable(directory)) {
      throw new StoreAccessException(
          "cannot write in the store directory "
              + directory
              + ". Run as its owner, or chmod 700 it; on a read-only file system open the store"
              + " read-only");
    }
  }

  /** Checks an existing store directory for reading, without changing it; root may read any. */
  public static void checkExisting(Path directory) {
    if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreNotFoundException(
          "no store at " + directory + ": the directory does not exist. Check the path");
    }
    if (Files.isSymbolicLink(directory)) {
      throw new UnsafeStoreException(
          "the store directory "
              + directory
              + " is a symbolic link, expected a directory. Give the path it points to");
    }
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new UnsafeStoreException(
          "the store path " + directory + " is a file, expected a directory. Give another path");
    }
    checkMode(directory);
    checkOwner(directory, Host.effectiveUid(), true);
    checkFileSystem(directory, fileSystemType(directory));
  }

  /** Creates one directory with mode 0700; it must not exist. */
  public static void createDirectory(Path directory) {
    try {
      make(directory);
    } catch (FileAlreadyExistsException e) {
      throw new StoreAccessException(
          "cannot create directory " + directory + ": it exists already. Remove it first", e);
    }
  }

  private static void make(Path directory) throws FileAlreadyExistsException {
    try {
      Files.createDirectory(directory, attributes(directory, DIRECTORY_MODE));
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      throw FileFailure.of("cannot create directory", directory, e);
    }
  }

  /** Creates the directory with mode 0700 unless it exists (a symbolic link is refused). */
  public static void ensureDirectory(Path directory) {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isSymbolicLink(directory)) {
      throw new UnsafeStoreException(
          directory + " is a symbolic link, expected a directory. Replace it by the directory");
    }
    try {
      make(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new UnsafeStoreException(
            directory + " is not a directory. Move it away, or choose another path", e);
      }
      // Somebody else made it between the two looks.
    }
  }

  /** Creates an empty file with mode 0600, exclusively and without following a link. */
  public static void createFile(Path file) {
    try {
      Files.createFile(file, attributes(file, FILE_MODE));
    } catch (FileAlreadyExistsException e) {
      throw new StoreAccessException(
          "cannot create file " + file + ": it exists already. Remove it first", e);
    } catch (IOException e) {
      throw FileFailure.of("cannot create file", file, e);
    }
  }

  /** Sets mode 0600 on a file that a library created by the umask. */
  public static void restrict(Path file) {
    setMode(file, FILE_MODE);
  }

  /** Sets mode 0400: the file will not be written again. */
  public static void restrictReadOnly(Path file) {
    setMode(file, READ_ONLY_MODE);
  }

  /** Whether {@link #restrictReadOnly} was called for a file. */
  public static boolean isReadOnly(Path file) {
    try {
      return supportsPosix(file)
          && Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).equals(READ_ONLY_MODE);
    } catch (IOException e) {
      throw FileFailure.of("cannot read the mode of", file, e);
    }
  }

  /** The type of the file system that holds {@code path}, for example {@code ext4}. */
  public static String fileSystemType(Path path) {
    try {
      return Files.getFileStore(path).type();
    } catch (IOException e) {
      throw FileFailure.of("cannot find the file system of", path, e);
    }
  }

  /** Whether {@code type} is a network file system; unknown FUSE types count as local. */
  public static boolean isNetworkFileSystem(String type) {
    return NETWORK_FILE_SYSTEMS.contains(type.toLowerCase(Locale.ROOT));
  }

  static void checkFileSystem(Path directory, String type) {
    if (isNetworkFileSystem(type)) {
      throw new UnsafeStoreException(
          "the store directory "
              + directory
              + " is on the network file system '"
              + type
              + "', expected a local one (ext4, xfs, btrfs, zfs, tmpfs): locks and forces do not"
              + " hold there. Move the store to a local disk and copy backups to the network");
    }
  }

  static void checkOwner(Path directory, long uid, boolean rootMay) {
    if (!supportsUnixAttributes(directory) || uid == Host.UNKNOWN_UID) {
      return;
    }
    long owner = ownerUid(directory);
    // A writing root would leave files behind that the owner cannot read.
    if (owner != uid && !(rootMay && uid == ROOT_UID)) {
      throw new UnsafeStoreException(
          "the store directory "
              + directory
              + " is owned by user id "
              + owner
              + ", expected "
              + uid
              + ". Run as its owner, or chown -R "
              + uid
              + " "
              + directory);
    }
  }

  static long ownerUid(Path path) {
    try {
      Object uid = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      return ((Number) uid).longValue();
    } catch (IOException e) {
      throw FileFailure.of("cannot read the owner of", path, e);
    }
  }

  static boolean supportsUnixAttributes(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  private static void checkMode(Path directory) {
    if (!supportsPosix(directory)) {
      return;
    }
    Set<PosixFilePermission> mode;
    try {
      mode = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw FileFailure.of("cannot read the mode of", directory, e);
    }
    Set<PosixFilePermission> writable =
        EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    writable.retainAll(mode);
    if (!writable.isEmpty()) {
      throw new UnsafeStoreException(
          "the store directory "
              + directory
              + " has mode "
              + PosixFilePermissions.toString(mode)
              + ": others than its owner may write in it, expected rwx------. Run: chmod 700 "
              + directory);
    }
  }

  private static void setMode(Path file, Set<PosixFilePermission> mode) {
    if (!supportsPosix(file)) {
      return;
    }
    try {
      Files.setPosixFilePermissions(file, mode);
    } catch (IOException e) {
      throw FileFailure.of(
          "cannot set mode " + PosixFilePermissions.toString(mode) + " on", file, e);
    }
  }

  private static boolean supportsPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> mode) {
    return supportsPosix(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)}
        : new FileAttribute<?>[0];
  }
}
