// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.blob.BlobLink;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every file of one checkpoint's tree: those with elements are blobs, the others follow from the
 * list of tensors.
 *
 * <p>A tree is not forced file by file, which for a thousand tensors would be thousands of forces
 * beside the journal's. Large chunks are links to files that were forced before; all others are
 * compared byte by byte when the output is opened, see {@link #isAt}.
 */
final class TreeContents {
  /** Blobs shorter than this are copied and not linked: most of them share a file anyway. */
  private static final int COPIED_BELOW = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(TreeContents.class);

  private final Map<String, byte[]> metadata;
  private final Map<String, BlobRef> chunks;

  private TreeContents(Map<String, byte[]> metadata, Map<String, BlobRef> chunks) {
    this.metadata = metadata;
    this.chunks = chunks;
  }

  /**
   * The contents of a checkpoint's tree.
   *
   * @throws IllegalArgumentException when this version of Zarr cannot hold its tensors
   * @throws dev.ringfold.writers.checkpoint.format.FormatException when its metadata is no JSON
   */
  static TreeContents of(CheckpointSummary summary, Manifest manifest, ZarrVersion version) {
    Map<String, Object> attributes =
        Map.of(
            "epoch",
            summary.epoch(),
            "sequence",
            summary.sequence(),
            "run",
            summary.run(),
            "metadata",
            CanonicalJson.parseObject(
                manifest.metadata(), "the metadata of checkpoint " + summary.sequence()));
    List<StoredTensor> tensors = manifest.tensors();
    ZarrLayout layout =
        ZarrLayout.of(
            version,
            attributes,
            List.of(Checkpoints.MODEL_STATE, Checkpoints.OPTIMIZER_STATE),
            tensors.stream().map(ZarrArray::of).toList());
    Map<String, BlobRef> chunks = new TreeMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      for (int chunk = 0; chunk < tensors.get(i).chunks().size(); chunk++) {
        chunks.put(layout.chunkPath(i, chunk), tensors.get(i).chunks().get(chunk).blob());
      }
    }
    return new TreeContents(layout.metadata(), chunks);
  }

  /** A blob it needs that is not there; null when all are. */
  @Nullable BlobRef missing(BlobStore blobs) {
    Set<BlobRef> seen = new HashSet<>();
    for (BlobRef ref : chunks.values()) {
      if (seen.add(ref) && !blobs.contains(ref.id())) {
        return ref;
      }
    }
    return null;
  }

  /** Writes the tree into a directory that is not there yet. */
  void write(Path root, BlobStore blobs) throws IOException {
    Set<Path> directories = new HashSet<>();
    StoreSecurity.createDirectory(root);
    directories.add(root);
    for (Map.Entry<String, byte[]> file : metadata.entrySet()) {
      put(target(root, file.getKey(), directories), file.getValue());
    }
    int linked = 0;
    for (Map.Entry<String, BlobRef> file : chunks.entrySet()) {
      Path target = target(root, file.getKey(), directories);
      BlobRef ref = file.getValue();
      if (ref.length() < COPIED_BELOW) {
        put(target, blobs.readAll(ref, COPIED_BELOW));
      } else {
        linked += blobs.link(ref, target) == BlobLink.LINKED ? 1 : 0;
      }
    }
    LOG.debug("{}: {} of {} chunks are links", root, linked, chunks.size());
  }

  private static Path target(Path root, String path, Set<Path> directories) {
    Path file = root.resolve(path);
    directory(file.getParent(), directories);
    return file;
  }

  private static void directory(@Nullable Path directory, Set<Path> directories) {
    if (directory != null && directories.add(directory)) {
      directory(directory.getParent(), directories);
      StoreSecurity.createDirectory(directory);
    }
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    StoreSecurity.createFile(file);
    ByteBuffer all = ByteBuffer.wrap(bytes);
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      while (all.hasRemaining()) {
        out.write(all);
      }
    }
  }

  /**
   * Whether a directory has exactly these files. Of large chunks, which are links or were forced,
   * only the length is looked at.
   */
  boolean isAt(Path root) throws IOException {
    if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    int[] found = {0};
    boolean[] same = {true};
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            found[0]++;
            same[0] = attributes.isRegularFile() && isSame(root, file, attributes.size());
            return same[0] ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
          }
        });
    return same[0] && found[0] == metadata.size() + chunks.size();
  }

  private boolean isSame(Path root, Path file, long size) throws IOException {
    String path = root.relativize(file).toString().replace('\\', '/');
    try {
      byte[] expected = metadata.get(path);
      if (expected != null) {
        return size == expected.length && Arrays.equals(expected, Files.readAllBytes(file));
      }
      BlobRef ref = chunks.get(path);
      if (ref == null || ref.length() != size) {
        return false;
      }
      return size >= COPIED_BELOW
          || Arrays.equals(sha256().digest(Files.readAllBytes(file)), ref.id().bytes());
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
