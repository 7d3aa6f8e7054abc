// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * A backup that is being written, beside its place; nothing is there before {@link #commit}. One
 * thread.
 */
interface BackupTarget extends Closeable {
  /** Begins a file; it is whole when the stream is closed, and the next may begin. */
  OutputStream begin(String name) throws IOException;

  /** Forces everything and gives it its name; returns the path. */
  Path commit() throws IOException;

  /** Deletes what was not committed. */
  @Override
  void close() throws IOException;
}
