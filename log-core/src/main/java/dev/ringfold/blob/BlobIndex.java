// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds blobs: packed ones in memory, single ones by their path. A read-only index also looks for
 * packs that the writing process made meanwhile. Thread-safe.
 */
final class BlobIndex {
  private static final Logger LOG = LoggerFactory.getLogger(BlobIndex.class);

  /** A blob may move from pack to pack between being found and being opened, but not for ever. */
  private static final int MAX_FIND_ATTEMPTS = 8;

  private final BlobEnvironment environment;
  private final BlobFiles files;
  private final PackTable packs;
  private final boolean readOnly;
  private final LongAdder bytesRead = new LongAdder();

  BlobIndex(BlobEnvironment environment, boolean readOnly) {
    this.environment = environment;
    this.files = environment.files();
    this.packs = new PackTable(files);
    this.readOnly = readOnly;
  }

  /** Counts what readers read. */
  LongAdder bytesRead() {
    return bytesRead;
  }

  PackTable packs() {
    return packs;
  }

  /** Where the blob is, or null. */
  @Nullable BlobPlace find(BlobId id) {
    BlobPlace place = packs.find(id);
    try {
      if (place == null) {
        place = findSingle(id);
      }
      if (place == null && readOnly) {
        packs.refresh();
        place = packs.find(id);
      }
      return place;
    } catch (IOException e) {
      throw BlobFiles.failure("look for", files.single(id), e);
    }
  }

  private @Nullable BlobPlace findSingle(BlobId id) throws IOException {
    Path path = files.single(id);
    BasicFileAttributes attributes = BlobFiles.file(path);
    return attributes == null ? null : new BlobPlace(path, 0, attributes.size(), false);
  }

  /** Finds a blob and makes it young, so that it counts as just put; null when it is not there. */
  @Nullable BlobPlace findAndTouch(BlobId id) {
    for (int attempt = 1; attempt <= MAX_FIND_ATTEMPTS; attempt++) {
      BlobPlace place = find(id);
      if (place == null) {
        return null;
      }
      try {
        BlobFiles.touch(place.path(), environment.logTimeNanos());
        return place;
      } catch (NoSuchFileException repacked) {
        LOG.debug("{} was repacked while it was looked at", place.path(), repacked);
      } catch (IOException e) {
        throw BlobFiles.failure("touch", place.path(), e);
      }
    }
    return null;
  }

  BlobReader open(BlobRef ref, Runnable onClose) {
    for (int attempt = 1; attempt <= MAX_FIND_ATTEMPTS; attempt++) {
      BlobPlace place = find(ref.id());
      if (place == null) {
        break;
      }
      try {
        return BlobReader.open(ref, place, bytesRead, onClose);
      } catch (NoSuchFileException moved) {
        LOG.debug("{} was collected or repacked while it was opened", place.path(), moved);
        refresh();
      } catch (IOException e) {
        throw BlobFiles.failure("open", place.path(), e);
      }
    }
    throw missing(ref.id());
  }

  BlobNotFoundException missing(BlobId id) {
    return new BlobNotFoundException(id, files.root, packs.damaged().size());
  }

  /** All single blobs that are in no pack, then all packed ones. */
  Stream<BlobRef> list() {
    refresh();
    try {
      Stream<BlobRef> singles =
          files.singleDirectories().stream()
              .flatMap(directory -> singles(directory).stream())
              .filter(ref -> !packs.contains(ref.id()));
      return Stream.concat(singles, packs.refs().stream());
    } catch (IOException e) {
      throw BlobFiles.failure("list", files.root, e);
    }
  }

  private static List<BlobRef> singles(Path directory) {
    List<BlobRef> refs = new ArrayList<>();
    try {
      for (Path path : BlobFiles.entries(directory)) {
        BlobId id = BlobFiles.singleId(path);
        BasicFileAttributes attributes = id == null ? null : BlobFiles.file(path);
        if (id != null && attributes != null) {
          refs.add(new BlobRef(id, attributes.size()));
        }
      }
    } catch (IOException e) {
      throw BlobFiles.failure("list", directory, e);
    }
    return refs;
  }

  private void refresh() {
    if (readOnly) {
      try {
        packs.refresh();
      } catch (IOException e) {
        throw BlobFiles.failure("list", files.packs, e);
      }
    }
  }

  /**
   * Gives a forced pack its name and lets readers find its blobs there; the caller forces the
   * directory. Does nothing when other sets published the same blobs meanwhile.
   */
  void publish(PackWriter pack) {
    Path target = files.pack(pack.file().hash());
    try {
      environment
          .forces()
          .change(
              files.packs,
              () -> {
                if (pack.entries().stream().anyMatch(entry -> !packs.contains(entry.id()))) {
                  pack.file().moveTo(target);
                  packs.add(target, pack.file().length(), pack.entries());
                }
              });
    } catch (IOException e) {
      throw BlobFiles.failure("rename to", target, e);
    }
    environment.hit(BlobHooks.PACK_RENAMED);
  }
}
