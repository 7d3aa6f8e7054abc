// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.format.JsonStates;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The Quantum Memory's interface, as far as files go: holds one state, saves and loads it.
 *
 * <pre>{@code
 * QuantumInterface quantumInterface = new QuantumInterface(state, new BackupManager());
 * quantumInterface.saveState(Path.of("quantum_state.json"));
 * quantumInterface.saveStateCompressed(Path.of("quantum_state.json"));   // quantum_state.json.zlib
 * quantumInterface.loadState(Path.of("quantum_state.json"));             // version 1.0 as well
 * }</pre>
 *
 * <p>With a {@link BackupManager}, a file that is there is backed up before it is written again.
 * Thread-safe.
 */
public final class QuantumInterface {
  private static final String ZLIB = ".zlib";

  private final @Nullable BackupManager backups;
  private @Nullable QuantumState state;

  /** An interface without a state and without backups. */
  public QuantumInterface() {
    this(null, null);
  }

  /** An interface that holds a state, without backups. */
  public QuantumInterface(QuantumState state) {
    this(state, null);
  }

  /** An interface that backs files up before it writes them. */
  public QuantumInterface(@Nullable QuantumState state, @Nullable BackupManager backups) {
    this.state = state;
    this.backups = backups;
  }

  /**
   * The state it holds.
   *
   * @throws IllegalStateException when it holds none
   */
  public synchronized QuantumState state() {
    QuantumState held = state;
    if (held == null) {
      throw new IllegalStateException(
          "The interface holds no state; give it one, or load one from a file or a checkpoint.");
    }
    return held;
  }

  /** Makes it hold another state. */
  public synchronized void state(QuantumState other) {
    state = other;
  }

  /**
   * Writes the state as JSON, whole or not at all.
   *
   * @return the file
   * @throws dev.ringfold.StoreAccessException when it cannot be written
   */
  public Path saveState(Path file) {
    QuantumState held = state();
    backUp(file);
    JsonStates.write(file, held);
    return file;
  }

  /**
   * Writes the state as JSON, compressed by zlib's level 9, whole or not at all.
   *
   * @param file without the {@code .zlib} that is added
   * @return the file written
   */
  public Path saveStateCompressed(Path file) {
    QuantumState held = state();
    Path compressed = compressed(file);
    backUp(compressed);
    JsonStates.writeCompressed(compressed, held);
    return compressed;
  }

  private static Path compressed(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(ZLIB) ? file : file.resolveSibling(name + ZLIB);
  }

  private void backUp(Path file) {
    BackupManager manager = backups;
    if (manager != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      manager.createBackup(file);
    }
  }

  /**
   * Reads a state, of version 2.0 or 1.0, compressed or not, and holds it. Checksums are compared.
   * Where there is no such file but one with {@code .zlib} behind its name, that is read.
   *
   * @return the state
   * @throws dev.ringfold.writers.checkpoint.format.FormatException when it is none
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when it is damaged
   */
  public QuantumState loadState(Path file) {
    Path there = Files.exists(file) ? file : compressed(file);
    QuantumState read = JsonStates.read(Files.exists(there) ? there : file);
    state(read);
    return read;
  }
}
