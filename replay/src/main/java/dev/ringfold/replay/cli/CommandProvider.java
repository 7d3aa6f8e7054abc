// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.util.List;

/**
 * Adds commands to the command line. Found by {@link java.util.ServiceLoader}, so a module adds a
 * command by being on the class path. Called once, by the main thread.
 */
public interface CommandProvider {

  /**
   * The commands: instances of classes annotated with picocli's {@code @Command}, each with a name.
   */
  List<Object> commands();
}
