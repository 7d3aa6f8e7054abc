// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a backup as a directory of files. */
final class DirectoryTarget implements BackupTarget {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Path target;
  private final Path temporary;

  DirectoryTarget(Path target, Path temporary) {
    this.target = target;
    this.temporary = temporary;
    StoreSecurity.createDirectory(temporary);
  }

  @Override
  public OutputStream begin(String name) throws IOException {
    Path file = temporary.resolve(name);
    if (name.startsWith(Description.BLOBS)) {
      StoreSecurity.ensureDirectory(Places.parent(file));
    }
    StoreSecurity.createFile(file);
    FileOutputStream out = new FileOutputStream(file.toFile(), true);
    return new Forced(out);
  }

  /** Forces the file when it is closed. */
  private static final class Forced extends FilterOutputStream {
    private final FileOutputStream file;
    private boolean closed;

    Forced(FileOutputStream file) {
      super(new BufferedOutputStream(file, BUFFER_BYTES));
      this.file = file;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (FileOutputStream open = file) {
        flush();
        open.getFD().sync();
      }
    }
  }

  @Override
  public Path commit() throws IOException {
    Path blobs = temporary.resolve(Description.BLOBS);
    if (Files.exists(blobs)) {
      DurableFile.forceDirectory(blobs);
    }
    DurableFile.forceDirectory(temporary);
    FaultPoint.hit("backup.beforeRename");
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    DurableFile.forceDirectory(Places.parent(target));
    return target;
  }

  @Override
  public void close() {
    DirectoryTree.delete(temporary);
  }
}
