// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.EventView;
import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.blob.CorruptBlobException;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.projections.OutputFile;
import dev.ringfold.projections.OutputGenerations;
import dev.ringfold.projections.OutputProblem;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.internal.save.Manifests;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Every checkpoint that was not given up as a Zarr tree, and a list of all of them.
 *
 * <pre>
 * outputs/checkpoints/
 *   epoch-&lt;10 digits>-&lt;20 digits sequence>.zarr/  groups model_state, optimizer_state, ...;
 *                                            attributes epoch, sequence, run, metadata
 *   checkpoint_registry.json                 see {@link TreeRegistry}
 *   _commits/&lt;20 digits sequence>.json       see {@link TreeCommits}
 *   _tmp/                                    unfinished files and trees
 * </pre>
 *
 * <p>A tree appears as a whole, before the registry names it, and goes as a whole. Its large files
 * are links to blobs and may not be written. Deleted and made again, everything is the same, byte
 * for byte; a tree that somebody changed or damaged is made again when this is opened. A checkpoint
 * whose blobs are gone has no tree.
 */
public final class CheckpointTrees implements Projection {
  /** Its name, and the name of its directory. */
  public static final String NAME = "checkpoints";

  /** Name of the list. */
  public static final String REGISTRY = "checkpoint_registry.json";

  private static final int VERSION = 1;
  static final String COMMITS = "_commits";
  static final String TEMPORARY = "_tmp";
  private static final String TREE_SUFFIX = ".zarr";
  private static final Pattern TREE = Pattern.compile("epoch--?[0-9]+-[0-9]{20}\\.zarr");
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointTrees.class);

  private final BlobStore blobs;
  private final ZarrVersion zarr;
  private TreeState state = new TreeState();
  private @Nullable ProjectionContext context;
  private boolean dirty;

  /**
   * The trees of a store's checkpoints.
   *
   * @param blobs of the store, open as long as this is
   * @param zarr which version of Zarr they follow
   */
  public CheckpointTrees(BlobStore blobs, ZarrVersion zarr) {
    this.blobs = blobs;
    this.zarr = zarr;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public Set<Integer> types() {
    return Set.of(
        BuiltinTypes.CHECKPOINT_COMMITTED.id(),
        BuiltinTypes.CHECKPOINT_PINNED.id(),
        BuiltinTypes.CHECKPOINT_LABELLED.id(),
        BuiltinTypes.CHECKPOINT_EXPIRED.id());
  }

  @Override
  public List<String> outputNames() {
    return List.of(NAME);
  }

  @Override
  public OptionalInt outputVersion(ProjectionContext at) throws IOException {
    return commits(at).newestVersion();
  }

  @Override
  public Optional<List<OutputFile>> finishedFiles(Position position, ProjectionContext at)
      throws IOException {
    return Optional.of(TreeFiles.of(directory(at), position.sequence()));
  }

  @Override
  public List<OutputProblem> verify(ProjectionContext at, boolean full) throws IOException {
    return new TreeVerification(directory(at), commits(at), at.storeId(), blobs, zarr).run(full);
  }

  private static Path directory(ProjectionContext at) throws IOException {
    return at.output(NAME);
  }

  private static TreeCommits commits(ProjectionContext at) throws IOException {
    Path directory = directory(at);
    return new TreeCommits(directory.resolve(COMMITS), directory.resolve(TEMPORARY), NAME, VERSION);
  }

  @Override
  public List<Position> committed(ProjectionContext at) throws IOException {
    return commits(at).usable().stream().map(TreeCommits.Commit::position).toList();
  }

  @Override
  public void open(Position position, ProjectionContext at) throws IOException {
    if (context != null) {
      throw new IllegalStateException(NAME + " is open already");
    }
    context = at;
    dirty = false;
    Path directory = directory(at);
    for (Path each : List.of(directory, directory.resolve(COMMITS), directory.resolve(TEMPORARY))) {
      StoreSecurity.ensureDirectory(each);
    }
    for (Path leftover : children(directory.resolve(TEMPORARY))) {
      DirectoryTree.delete(leftover);
    }
    state = new TreeState(entriesAt(position, at));
    commits(at).deleteAbove(position.sequence());
    Map<String, TreeEntry> trees = makeTrees(true);
    writeRegistry(trees);
    deleteOthers(trees);
  }

  private static List<TreeEntry> entriesAt(Position position, ProjectionContext at)
      throws IOException {
    for (TreeCommits.Commit commit : commits(at).usable()) {
      if (commit.position().equals(position)) {
        return commit.entries();
      }
    }
    if (position.equals(Position.START)) {
      return List.of();
    }
    throw new IOException(
        "There is no commit of "
            + position
            + " in "
            + directory(at).resolve(COMMITS)
            + " any more. Delete "
            + directory(at)
            + "; it will be made again");
  }

  @Override
  public void apply(EventView event) {
    state.apply(current().decode(event), event.sequence(), event.stream().name(), event.logTime());
    dirty = true;
  }

  private ProjectionContext current() {
    if (context == null) {
      throw new IllegalStateException(NAME + " is not open");
    }
    return context;
  }

  @Override
  public boolean commitDue() {
    return dirty;
  }

  @Override
  public boolean dirty() {
    return dirty;
  }

  @Override
  public void commit(Position position) throws IOException {
    if (!dirty) {
      commits(current()).write(position, state);
      return;
    }
    Map<String, TreeEntry> trees = makeTrees(false);
    commits(current()).write(position, state);
    writeRegistry(trees);
    deleteOthers(trees);
    dirty = false;
  }

  /**
   * Makes the trees that are missing.
   *
   * @param compared whether those that are there are compared with what they should be
   * @return the trees that are there afterwards, by name
   */
  private Map<String, TreeEntry> makeTrees(boolean compared) throws IOException {
    Map<String, TreeEntry> trees = new TreeMap<>();
    boolean made = false;
    for (TreeEntry entry : state.live()) {
      Path target = directory(current()).resolve(entry.treeName());
      boolean there = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
      if (!there || compared && !isGood(entry, target)) {
        if (!make(entry, target, compared)) {
          continue;
        }
        made = true;
      }
      trees.put(entry.treeName(), entry);
    }
    if (made) {
      DurableFile.forceDirectory(directory(current()));
    }
    return trees;
  }

  /**
   * Whether a tree is what it should be. When its list of tensors is gone that cannot be told, and
   * the tree is left: should the blobs have been lost, it is the last that has them.
   */
  private boolean isGood(TreeEntry entry, Path target) throws IOException {
    if (!blobs.contains(entry.summary().manifest().id())) {
      return true;
    }
    TreeContents contents = contents(entry);
    return contents != null && contents.isAt(target);
  }

  /** Null when there can be no tree. */
  private @Nullable TreeContents contents(TreeEntry entry) {
    try {
      return TreeContents.of(
          entry.summary(), Manifests.read(blobs, entry.summary().manifest()), zarr);
    } catch (BlobNotFoundException
        | ChecksumMismatchException
        | FormatException
        | IllegalArgumentException e) {
      LOG.warn("There is no tree of checkpoint {}", entry.summary().sequence(), e);
      return null;
    }
  }

  /**
   * Makes a tree; false when it cannot be made.
   *
   * @param atOpen whether its blobs should be there: while a log is read again, those of
   *     checkpoints that were given up later are not
   */
  private boolean make(TreeEntry entry, Path target, boolean atOpen) throws IOException {
    long sequence = entry.summary().sequence();
    BlobRef missing = entry.summary().manifest();
    TreeContents contents = null;
    if (blobs.contains(missing.id())) {
      contents = contents(entry);
      if (contents == null) {
        return false;
      }
      missing = contents.missing(blobs);
    }
    if (contents == null || missing != null) {
      LOG.atLevel(atOpen ? Level.WARN : Level.DEBUG)
          .log("There is no tree of checkpoint {}: blob {} is not there", sequence, missing);
      return false;
    }
    Path temporary = directory(current()).resolve(TEMPORARY).resolve(entry.treeName());
    DirectoryTree.delete(temporary);
    try {
      contents.write(temporary, blobs);
    } catch (BlobNotFoundException | CorruptBlobException e) {
      DirectoryTree.delete(temporary);
      LOG.warn("There is no tree of checkpoint {}", sequence, e);
      return false;
    }
    FaultPoint.hit("checkpoint.tree.tmpWritten");
    remove(target);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    FaultPoint.hit("checkpoint.tree.renamed");
    return true;
  }

  private void writeRegistry(Map<String, TreeEntry> trees) throws IOException {
    Path target = directory(current()).resolve(REGISTRY);
    byte[] bytes = TreeRegistry.format(current().storeId(), state.entries(), trees.keySet());
    if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
        && Files.size(target) == bytes.length
        && java.util.Arrays.equals(Files.readAllBytes(target), bytes)) {
      return;
    }
    DurableFile.write(target, directory(current()).resolve(TEMPORARY), bytes);
  }

  private void deleteOthers(Map<String, TreeEntry> trees) throws IOException {
    for (Path entry : children(directory(current()))) {
      String name = String.valueOf(entry.getFileName());
      if (TREE.matcher(name).matches() && !trees.containsKey(name)) {
        remove(entry);
      }
    }
  }

  /** Takes a tree away at once, as far as readers see, and deletes it then. */
  private void remove(Path tree) throws IOException {
    if (Files.notExists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    String name = String.valueOf(tree.getFileName()).replace(TREE_SUFFIX, ".old");
    Path aside = directory(current()).resolve(TEMPORARY).resolve(name);
    DirectoryTree.delete(aside);
    Files.move(tree, aside, StandardCopyOption.ATOMIC_MOVE);
    DirectoryTree.delete(aside);
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(children::add);
    }
    return children;
  }

  @Override
  public void reset(ProjectionContext at) throws IOException {
    try {
      new OutputGenerations(at.outputs(), NAME).deleteAll();
    } catch (RingfoldException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    context = null;
    state = new TreeState();
    dirty = false;
  }
}
