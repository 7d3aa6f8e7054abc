// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The directory tree of the Quantum Memory:
 *
 * <pre>
 * .checkpoints/checkpoint_registry.json   which checkpoints there are
 * .checkpoints/{checkpoint_id}.json       a state
 * .checkpoints/backups/                   backups of checkpoints
 * .backups/backup_metadata.json           which backups there are
 * .backups/{backup_id}.json.zlib          a state
 * quantum_states/quantum_memory.h5        all states
 * exports/{export_id}.qms                 a state
 * exports/{export_id}_metadata.json       what it is, and where in the log it comes from
 * cache/mps_contractions/                 scratch, emptied whenever the tree is opened
 * </pre>
 *
 * <p>Immutable.
 */
public final class QuantumMemoryLayout {
  private final Path root;

  private QuantumMemoryLayout(Path root) {
    this.root = root;
  }

  /** The tree below a directory, as it is; nothing is made or emptied. */
  public static QuantumMemoryLayout at(Path root) {
    return new QuantumMemoryLayout(root.toAbsolutePath().normalize());
  }

  /**
   * Makes what is missing of a tree, empties its scratch folder, and removes temporary files that a
   * crash left beside others.
   *
   * @throws dev.ringfold.StoreAccessException when something cannot be made or deleted
   */
  public static QuantumMemoryLayout open(Path root) {
    QuantumMemoryLayout layout = at(root);
    try {
      Files.createDirectories(layout.root);
    } catch (IOException e) {
      throw FileFailure.of("cannot create", layout.root, e);
    }
    DirectoryTree.delete(layout.contractions());
    for (Path folder :
        new Path[] {
          layout.checkpoints(),
          layout.checkpointBackups(),
          layout.backups(),
          layout.states(),
          layout.exports(),
          layout.root.resolve("cache"),
          layout.contractions()
        }) {
      StoreSecurity.ensureDirectory(folder);
      sweep(folder);
    }
    return layout;
  }

  private static void sweep(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith(".") && name.endsWith(".tmp") && Files.isRegularFile(file)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot remove temporary files from", folder, e);
    }
  }

  /** The directory it is in. */
  public Path root() {
    return root;
  }

  /** {@code .checkpoints}. */
  public Path checkpoints() {
    return root.resolve(".checkpoints");
  }

  /** {@code .checkpoints/checkpoint_registry.json}. */
  public Path checkpointRegistry() {
    return checkpoints().resolve("checkpoint_registry.json");
  }

  /** {@code .checkpoints/{id}.json}. */
  public Path checkpoint(String id) {
    return checkpoints().resolve(StateIds.check(id) + ".json");
  }

  /** {@code .checkpoints/backups}. */
  public Path checkpointBackups() {
    return checkpoints().resolve("backups");
  }

  /** {@code .backups}. */
  public Path backups() {
    return root.resolve(".backups");
  }

  /** {@code quantum_states}. */
  public Path states() {
    return root.resolve("quantum_states");
  }

  /** {@code quantum_states/quantum_memory.h5}. */
  public Path hdf5() {
    return states().resolve("quantum_memory.h5");
  }

  /** {@code exports}. */
  public Path exports() {
    return root.resolve("exports");
  }

  /** {@code exports/{id}.qms}. */
  public Path export(String id) {
    return exports().resolve(StateIds.check(id) + ".qms");
  }

  /** {@code exports/{id}_metadata.json}. */
  public Path exportMetadata(String id) {
    return exports().resolve(StateIds.check(id) + "_metadata.json");
  }

  /** {@code cache/mps_contractions}. */
  public Path contractions() {
    return root.resolve("cache").resolve("mps_contractions");
  }
}
