// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.projections.OutputProblem;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.internal.save.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares the trees of checkpoints with the blobs they are made of, and the registry with the
 * newest commit. The blobs' own bytes are looked at when blobs are verified. One thread.
 */
final class TreeVerification {
  private static final String REMEDY = ". Rebuild the projection: ringfold rebuild";

  private final Path directory;
  private final TreeCommits commits;
  private final String storeId;
  private final BlobStore blobs;
  private final ZarrVersion zarr;
  private final List<OutputProblem> problems = new ArrayList<>();

  TreeVerification(
      Path directory, TreeCommits commits, String storeId, BlobStore blobs, ZarrVersion zarr) {
    this.directory = directory;
    this.commits = commits;
    this.storeId = storeId;
    this.blobs = blobs;
    this.zarr = zarr;
  }

  List<OutputProblem> run(boolean full) throws IOException {
    Path newestFile = commits.newestFile();
    if (newestFile == null) {
      return problems;
    }
    List<TreeCommits.Commit> usable = commits.usable();
    if (usable.isEmpty() || !isOf(newestFile, usable.get(0))) {
      if (newestFile.equals(commits.newestFile())) {
        add(newestFile, "the newest commit is damaged. The projection begins at an older one");
      }
      return problems;
    }
    TreeState state = new TreeState(usable.get(0).entries());
    Set<String> trees = new TreeSet<>();
    for (TreeEntry entry : state.live()) {
      if (verify(entry, full)) {
        trees.add(entry.treeName());
      }
    }
    if (newestFile.equals(commits.newestFile())) {
      verifyRegistry(state, trees);
    } else {
      problems.clear(); // Another process went on meanwhile; what is there now is younger.
    }
    return problems;
  }

  private static boolean isOf(Path file, TreeCommits.Commit commit) {
    String name = String.valueOf(file.getFileName());
    return Long.parseLong(name.substring(0, name.indexOf('.'))) == commit.position().sequence();
  }

  /** Whether there is a tree. */
  private boolean verify(TreeEntry entry, boolean full) throws IOException {
    Path tree = directory.resolve(entry.treeName());
    boolean there = Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS);
    BlobRef manifest = entry.summary().manifest();
    long sequence = entry.summary().sequence();
    if (!blobs.contains(manifest.id())) {
      add(tree, "blob " + manifest + " of checkpoint " + sequence + " is missing");
      return there;
    }
    if (!full) {
      return there;
    }
    try {
      TreeContents contents =
          TreeContents.of(entry.summary(), Manifests.read(blobs, manifest), zarr);
      BlobRef missing = contents.missing(blobs);
      if (missing != null) {
        add(tree, "blob " + missing + " of checkpoint " + sequence + " is missing");
      } else if (!there) {
        add(tree, "the tree of checkpoint " + sequence + " is missing" + REMEDY);
      } else if (!contents.isAt(tree)) {
        add(tree, "the tree of checkpoint " + sequence + " is not what its blobs say" + REMEDY);
      }
    } catch (RingfoldException | IllegalArgumentException e) {
      add(tree, "checkpoint " + sequence + " cannot be read: " + e.getMessage());
    }
    return there;
  }

  private void verifyRegistry(TreeState state, Set<String> trees) throws IOException {
    Path file = directory.resolve(CheckpointTrees.REGISTRY);
    byte[] expected = TreeRegistry.format(storeId, state.entries(), trees);
    if (!Files.exists(file) || !Arrays.equals(expected, Files.readAllBytes(file))) {
      add(file, "the registry is not what the newest commit says" + REMEDY);
    }
  }

  private void add(Path file, String text) {
    problems.add(new OutputProblem(file, text));
  }
}
