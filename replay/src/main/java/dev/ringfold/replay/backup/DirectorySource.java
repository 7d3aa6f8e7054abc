// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;

/** Reads a backup that is a directory of files. Symbolic links are refused. */
final class DirectorySource implements BackupSource {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Path path;
  private final Map<String, Long> files = new TreeMap<>();

  DirectorySource(Path path) throws IOException {
    this.path = path;
    list(path, "");
  }

  private void list(Path directory, String prefix) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = prefix + entry.getFileName();
        BasicFileAttributes attributes =
            Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory() && (name + "/").equals(Description.BLOBS)) {
          list(entry, Description.BLOBS);
        } else if (attributes.isRegularFile() && files.size() < Description.MAX_FILES) {
          files.put(name, attributes.size());
        } else {
          throw new CorruptBackupException(
              path, name, "a file of the backup", "something that does not belong");
        }
      }
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Map<String, Long> files() {
    return files;
  }

  @Override
  public InputStream open(String name) throws IOException {
    if (!files.containsKey(name)) {
      throw new CorruptBackupException(path, name, "the file", "nothing");
    }
    return new BufferedInputStream(
        Files.newInputStream(path.resolve(name), LinkOption.NOFOLLOW_LINKS), BUFFER_BYTES);
  }

  @Override
  public void close() {
    // Every file is closed by who opened it.
  }
}
