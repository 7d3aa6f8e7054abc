// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.writers.checkpoint.quantum.format.Migration;
import java.nio.file.Path;

/**
 * The Quantum Memory's migration of files of version 1.0.
 *
 * <pre>{@code
 * MigrationUtilities utils = new MigrationUtilities();
 * Migration.Report report = utils.batchMigrateDirectory(Path.of("quantum_states"));
 * }</pre>
 *
 * <p>Stateless.
 */
public final class MigrationUtilities {
  /** Nothing to set up. */
  public MigrationUtilities() {}

  /** Migrates all states of a directory beside their originals, as {@link Migration#run}. */
  public Migration.Report batchMigrateDirectory(Path directory) {
    return Migration.of(directory).run();
  }

  /** Says what a migration would do; writes nothing. */
  public Migration.Report planDirectory(Path directory) {
    return Migration.of(directory).dryRun();
  }
}
