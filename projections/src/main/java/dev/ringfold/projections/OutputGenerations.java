// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where an output is: a stable path that points to one of its generations.
 *
 * <pre>
 * outputs/
 *   NAME                symbolic link to NAME.generations/000002
 *   NAME.generations/
 *     000001/           the generation before; goes ten minutes after it was replaced
 *     000001.keep       until when it stays instead, a time as in ISO 8601; may be missing
 *     000001.replaced   "000002 rebuilt", or "000002 rewritten" when that has the same rows;
 *                       written when it was replaced; may be missing
 *     000002/           the present one
 *   NAME.deleting       what was deleted when the program died; goes at the next start
 * </pre>
 *
 * A new generation is filled beside the old one and switched to by one rename; it always has the
 * highest number. On systems without symbolic links there is a file {@code NAME.current} instead:
 * one line with what the link would point to, replaced as a whole. An output that was never
 * replaced may also be a plain directory under its name; it becomes a generation when it is.
 *
 * <p>Snapshots of a projection lie the same way in {@code snapshots/}. Used by one thread.
 */
public final class OutputGenerations {
  /** How long readers may go on with a generation that was replaced, unless told otherwise. */
  public static final Duration GRACE = Duration.ofMinutes(10);

  private static final String GENERATIONS_SUFFIX = ".generations";
  private static final String POINTER_SUFFIX = ".current";
  private static final String LINK_TEMPORARY = "link.tmp";
  private static final Pattern GENERATION = Pattern.compile("[0-9]{6}");
  private static final int MAX_POINTER_BYTES = 4_096;

  private final Path parent;
  private final String name;
  private final boolean links;
  private final GenerationNotes notes;

  /**
   * The generations of an output.
   *
   * @param parent directory of the stable path
   * @param name of the output
   */
  public OutputGenerations(Path parent, String name) {
    this(parent, name, true);
  }

  /** For tests: as on a system without symbolic links when {@code links} is false. */
  public OutputGenerations(Path parent, String name, boolean links) {
    this.parent = parent;
    this.name = name;
    this.links = links;
    this.notes = new GenerationNotes(generations());
  }

  /** The path that readers are told. */
  public Path link() {
    return parent.resolve(name);
  }

  /** The directory of the generations. */
  public Path generations() {
    return parent.resolve(name + GENERATIONS_SUFFIX);
  }

  /** The file that replaces the link where there are none. */
  public Path pointer() {
    return parent.resolve(name + POINTER_SUFFIX);
  }

  /** The directory of a generation. */
  public Path generation(int number) {
    return generations().resolve(GenerationNotes.digits(number));
  }

  private boolean isPlain() {
    return Files.exists(link(), LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link());
  }

  /** Whether there is an output, in whichever form. */
  public boolean exists() throws IOException {
    return isPlain() || current() > 0;
  }

  /**
   * Number of the generation the stable path points to, 0 when there is none.
   *
   * @throws IOException when something else is in its place
   */
  public int current() throws IOException {
    if (Files.isSymbolicLink(link())) {
      return numberOf(link(), Files.readSymbolicLink(link()).toString());
    }
    if (isPlain()) {
      throw new IOException(
          "There is a "
              + (Files.isDirectory(link()) ? "directory" : "file")
              + " at "
              + link()
              + " where the output has to go. Move it away, or choose other outputs");
    }
    if (Files.exists(pointer())) {
      if (Files.size(pointer()) > MAX_POINTER_BYTES) {
        return numberOf(pointer(), "more than " + MAX_POINTER_BYTES + " bytes");
      }
      return numberOf(pointer(), Files.readString(pointer()).strip());
    }
    return 0;
  }

  /**
   * Where the output is now, without a link in its last name: to be read or written. The stable
   * path itself when it is a plain directory or nothing is there.
   */
  public Path directory() throws IOException {
    int number = isPlain() ? 0 : current();
    return number == 0 ? link() : generation(number);
  }

  private int numberOf(Path from, String target) throws IOException {
    String prefix = name + GENERATIONS_SUFFIX + "/";
    String found = target.replace('\\', '/');
    if (!found.startsWith(prefix)
        || !GENERATION.matcher(found.substring(prefix.length())).matches()) {
      throw new IOException(
          from
              + " is not of this output: expected "
              + prefix
              + "<6 digits>, found '"
              + target
              + "'. Move it away, or choose other outputs");
    }
    return Integer.parseInt(found.substring(prefix.length()));
  }

  /** Numbers of all generations there are, newest first. */
  public List<Integer> numbers() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(generations())) {
      for (Path entry : entries) {
        String found = String.valueOf(entry.getFileName());
        if (GENERATION.matcher(found).matches()) {
          numbers.add(Integer.parseInt(found));
        }
      }
    } catch (NoSuchFileException absent) {
      return List.of();
    } catch (NotDirectoryException e) {
      throw new IOException(generations() + " is a file, expected a directory. Move it away", e);
    }
    numbers.sort(Collections.reverseOrder());
    return numbers;
  }

  /** The number the next generation gets. */
  public int next() throws IOException {
    List<Integer> numbers = numbers();
    return numbers.isEmpty() ? 1 : numbers.get(0) + 1;
  }

  /** Points the stable path to this generation, which has the same rows as the last, durably. */
  public void switchTo(int number) throws IOException {
    int before = isPlain() ? 0 : current();
    if (0 < before && before < number) {
      notes.replaced(before, number, false);
    }
    pointTo(number);
  }

  private void pointTo(int number) throws IOException {
    String target = name + GENERATIONS_SUFFIX + "/" + generation(number).getFileName();
    Path temporary = generations().resolve(LINK_TEMPORARY);
    Files.deleteIfExists(temporary);
    if (links && createLink(temporary, target)) {
      Files.move(temporary, link(), StandardCopyOption.ATOMIC_MOVE);
      DurableFile.forceDirectory(parent);
      Files.deleteIfExists(pointer());
    } else {
      byte[] line = (target + "\n").getBytes(StandardCharsets.UTF_8);
      DurableFile.write(pointer(), generations(), line);
    }
  }

  private boolean createLink(Path temporary, String target) throws IOException {
    try {
      Files.createSymbolicLink(temporary, temporary.getFileSystem().getPath(target));
      return true;
    } catch (UnsupportedOperationException unsupported) {
      return false;
    } catch (FileSystemException e) {
      if (!StoreSecurity.diskAckSupported()) {
        return false; // A privilege of its own on some systems.
      }
      throw FileFailure.of("cannot create the link", temporary, e);
    }
  }

  /**
   * Makes a directory that was filled elsewhere on the same file system the present generation. A
   * plain directory becomes the generation before; for it alone the stable path is missing for a
   * moment, since a directory cannot be renamed over.
   *
   * @param built the directory, whose files are durable; an empty one when it is missing
   * @return number of the generation that was replaced, 0 when there was none
   */
  public int promote(Path built) throws IOException {
    StoreSecurity.ensureDirectory(generations());
    boolean plain = isPlain();
    int number = next() + (plain ? 1 : 0);
    int before = plain ? number - 1 : current();
    if (before > 0) {
      notes.replaced(before, number, true);
    }
    if (Files.isDirectory(built, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(built, generation(number), StandardCopyOption.ATOMIC_MOVE);
    } else {
      StoreSecurity.createDirectory(generation(number));
    }
    DurableFile.forceDirectory(generations());
    DurableFile.forceDirectory(parent);
    FaultPoint.hit("rebuild.moved");
    if (plain) {
      Files.move(link(), generation(number - 1), StandardCopyOption.ATOMIC_MOVE);
      FaultPoint.hit("rebuild.adopted");
    }
    pointTo(number);
    FaultPoint.hit("rebuild.switched");
    return before;
  }

  /**
   * Puts a file or directory in the place of the present one by two renames, without a link: for
   * outputs whose projection does not know of generations. The present one becomes a generation.
   *
   * @return number of the generation that was replaced, 0 when there was none
   */
  public int exchange(Path built) throws IOException {
    int replaced = 0;
    if (isPlain()) {
      StoreSecurity.ensureDirectory(generations());
      replaced = next();
      notes.replaced(replaced, 0, true);
      Files.move(link(), generation(replaced), StandardCopyOption.ATOMIC_MOVE);
      FaultPoint.hit("rebuild.adopted");
    }
    Files.move(built, link(), StandardCopyOption.ATOMIC_MOVE);
    DurableFile.forceDirectory(parent);
    FaultPoint.hit("rebuild.switched");
    return replaced;
  }

  /** Whether there is a generation that {@link #rollBack} could go to. */
  public boolean canRollBack() throws IOException {
    return previous() > 0;
  }

  private int previous() throws IOException {
    int current = isPlain() ? Integer.MAX_VALUE : current();
    int unknown = 0;
    for (int number : numbers()) {
      Optional<Boolean> rebuilt = notes.isReplacedByAnother(number);
      if (number < current && rebuilt.orElse(false)) {
        return number;
      }
      if (number < current && rebuilt.isEmpty() && unknown == 0) {
        unknown = number; // Of an earlier release, or never in use.
      }
    }
    return unknown;
  }

  /**
   * Makes the generation that was in use before the last {@link #promote} or roll back the present
   * one, under a new number; its files are linked. The one that is replaced stays as after any
   * switch, so a second call takes the first back.
   *
   * @return the number it has now; 0 when it is a plain directory
   * @throws NoSuchFileException when there is none
   */
  public int rollBack() throws IOException {
    int previous = previous();
    if (previous == 0) {
      throw new NoSuchFileException(
          generations().toString(),
          null,
          "there is no generation of "
              + name
              + " before the last rebuild; it goes "
              + GRACE.toMinutes()
              + " minutes after it was replaced, unless it was kept for longer");
    }
    if (isPlain()) {
      exchange(generation(previous));
      notes.delete(previous);
      return 0;
    }
    Path clone = generations().resolve("clone.tmp");
    SetAside.finish(clone);
    GenerationClone.make(generation(previous), clone);
    int number = next();
    notes.replaced(current(), number, true);
    Files.move(clone, generation(number), StandardCopyOption.ATOMIC_MOVE);
    DurableFile.forceDirectory(generations());
    FaultPoint.hit("rebuild.moved");
    pointTo(number);
    FaultPoint.hit("rebuild.switched");
    return number;
  }

  /**
   * Puts the output that {@link #rollBack} would bring in another place, whose files are links, to
   * look at it; the present one when there is none.
   */
  void tryRollBack(OutputGenerations trial) throws IOException {
    int previous = previous();
    Path source = previous > 0 ? generation(previous) : directory();
    if (Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
      Path clone = trial.parent.resolve("clone.tmp");
      GenerationClone.make(source, clone);
      if (isPlain()) {
        trial.exchange(clone);
      } else {
        trial.promote(clone);
      }
    }
  }

  /**
   * Ends a deletion that a crash interrupted, and sets the stable path right when one left it
   * missing although there are generations. Only when the output is not open.
   */
  public void heal() throws IOException {
    SetAside.finish(aside());
    if (!Files.isDirectory(generations(), LinkOption.NOFOLLOW_LINKS) || exists()) {
      return;
    }
    List<Integer> numbers = numbers();
    if (!numbers.isEmpty()) {
      pointTo(numbers.get(0));
    }
  }

  /** When the stable path was switched last. */
  public FileTime switchedAt() throws IOException {
    Path path = Files.isSymbolicLink(link()) ? link() : pointer();
    return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Keeps a generation until a time, also when {@link #GRACE} is over by then. */
  public void keep(int number, Instant until) {
    notes.keep(number, until);
  }

  /**
   * Deletes the generations that were replaced and whose time is over.
   *
   * @return whether there are others left
   */
  public boolean deleteOld(Instant now) throws IOException {
    int current = isPlain() ? Integer.MAX_VALUE : current();
    boolean left = false;
    for (int number : numbers()) {
      if (number >= current) {
        continue;
      }
      if (now.isBefore(replacedAt(number).plus(GRACE)) || notes.isKept(number, now)) {
        left = true;
      } else {
        delete(number);
      }
    }
    return left;
  }

  /** As near as it is known: not before it was replaced. */
  private Instant replacedAt(int number) throws IOException {
    Optional<Instant> known = notes.replacedAt(number);
    if (known.isPresent()) {
      return known.get();
    }
    return (isPlain() ? Files.getLastModifiedTime(generations()) : switchedAt()).toInstant();
  }

  /** Deletes a generation. */
  public void delete(int number) throws IOException {
    SetAside.delete(generation(number), aside());
    notes.delete(number);
  }

  /** Deletes the output and everything about it; what a crash leaves, {@link #heal} deletes. */
  public void deleteAll() throws IOException {
    if (isPlain()) {
      SetAside.delete(generations(), aside());
      SetAside.delete(link(), aside());
    } else {
      Files.deleteIfExists(link());
    }
    Files.deleteIfExists(pointer());
    SetAside.delete(generations(), aside());
  }

  private Path aside() {
    return SetAside.of(parent, name);
  }

  /**
   * The directory that a reader's path means: the stable path, a generation itself, or a copy.
   *
   * @throws NoSuchFileException when there is none
   */
  public static Path resolve(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return path.toRealPath();
    }
    Path pointer = path.resolveSibling(path.getFileName() + POINTER_SUFFIX);
    if (Files.notExists(path) && Files.isRegularFile(pointer)) {
      Path target = pointer.resolveSibling(Files.readString(pointer).strip());
      if (Files.isDirectory(target)) {
        return target.toRealPath();
      }
    }
    throw new NoSuchFileException(path.toString(), null, "there is no output");
  }
}
