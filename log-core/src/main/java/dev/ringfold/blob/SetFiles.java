// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.RingfoldException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The files of one set on their way to the disk: written, forced, given their names once the set's
 * registration is forced too, and last the directories with those names forced. One thread at a
 * time.
 */
final class SetFiles {
  /** Files kept open until they are forced; the oldest of more is waited for. */
  private static final int MAX_OPEN_FILES = 16;

  private final BlobStore store;
  private final BlobEnvironment environment;
  private final SetFile registration;
  private final Map<BlobId, TempFile> singles = new LinkedHashMap<>();
  private final @Nullable Executor executor;
  private final Deque<Forcing> unforced = new ArrayDeque<>();
  private final List<PackWriter> packs = new ArrayList<>();
  private final Set<Path> directories = new TreeSet<>();
  private @Nullable PackWriter pack;

  /**
   * @param registration names every blob that is added
   * @param executor forces files while others are written, or null to force them all in the end
   */
  SetFiles(BlobStore store, SetFile registration, @Nullable Executor executor) {
    this.store = store;
    this.registration = registration;
    this.environment = store.environment();
    this.executor = executor;
  }

  /** Takes a file that holds one blob; it is forced here and deleted if that does not come off. */
  void add(BlobId id, TempFile file) {
    singles.put(id, file);
    Forcing forcing = new Forcing(file);
    unforced.add(forcing);
    if (executor != null) {
      executor.execute(forcing);
    }
    while (unforced.size() > MAX_OPEN_FILES) {
      unforced.remove().finish();
    }
  }

  /** Takes a small blob. */
  void append(BlobId id, ByteBuffer bytes) {
    packFor().append(id, bytes);
  }

  private PackWriter packFor() {
    PackWriter current = pack;
    if (current != null && current.full()) {
      current.finish();
      current = null;
    }
    if (current == null) {
      current = new PackWriter(environment);
      packs.add(current);
      pack = current;
    }
    return current;
  }

  /** Takes note of a blob that is there already: its name may not be on the disk yet. */
  void there(BlobPlace place) {
    directories.add(BlobFiles.parent(place.path()));
  }

  /** First the files, then, after they have their names, every directory that names one. */
  void force() {
    forceFiles();
    if (!singles.isEmpty() || !packs.isEmpty()) {
      registration.force();
    }
    publish();
    forceDirectories();
  }

  private void forceFiles() {
    while (!unforced.isEmpty()) {
      unforced.remove().finish();
    }
    for (PackWriter writer : packs) {
      writer.finish();
      environment.hit(BlobHooks.PACK_WRITTEN);
    }
    pack = null;
  }

  private void publish() {
    for (Map.Entry<BlobId, TempFile> single : singles.entrySet()) {
      publishSingle(single.getKey(), single.getValue());
      environment.hit(BlobHooks.RENAMED);
    }
    singles.clear();
    for (PackWriter writer : packs) {
      publishPack(writer);
    }
    packs.clear();
  }

  private void publishSingle(BlobId id, TempFile file) {
    Path target = environment.files().single(id);
    Path directory = BlobFiles.parent(target);
    try (file) {
      environment.forces().ensure(directory);
      environment
          .forces()
          .change(
              directory,
              () -> {
                BasicFileAttributes there = BlobFiles.file(target);
                if (there == null || there.size() != file.length()) {
                  file.moveTo(target);
                }
              });
    } catch (IOException e) {
      throw BlobFiles.writeFailure(
          "rename to", target, e, file.length(), environment.usableBytes());
    }
    directories.add(directory);
  }

  private void publishPack(PackWriter writer) {
    try (writer) {
      store.index().publish(writer);
    }
    directories.add(environment.files().packs);
  }

  private void forceDirectories() {
    List<Path> all = new ArrayList<>(directories);
    all.add(environment.files().root);
    for (Path directory : all) {
      try {
        environment.forces().force(directory);
      } catch (IOException e) {
        throw BlobFiles.failure("force", directory, e);
      }
    }
    environment.hit(BlobHooks.DIRECTORIES_FORCED);
  }

  /** Deletes what has no name yet, and throws the first failure when all was tried. */
  void close() {
    unforced.forEach(Forcing::drop);
    List<RingfoldException> failures = new ArrayList<>();
    singles.values().forEach(file -> closeQuietly(file, failures));
    packs.forEach(writer -> closeQuietly(writer.file(), failures));
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  private static void closeQuietly(TempFile file, List<RingfoldException> failures) {
    try {
      file.close();
    } catch (RingfoldException e) {
      failures.add(e);
    }
  }
}
