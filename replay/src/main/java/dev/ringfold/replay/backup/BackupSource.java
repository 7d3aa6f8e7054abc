// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** The files of a backup, for reading. One thread. */
interface BackupSource extends Closeable {
  /** The backup's directory or archive. */
  Path path();

  /** Its files by name, with their lengths. */
  Map<String, Long> files();

  /**
   * Opens a file.
   *
   * @param name one of {@link #files}
   */
  InputStream open(String name) throws IOException;
}
