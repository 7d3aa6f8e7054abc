// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.internal.io.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What is written down beside a generation, see {@link OutputGenerations}: until when it is kept,
 * and by what it was replaced. Used by one thread.
 */
final class GenerationNotes {
  private static final String KEEP_SUFFIX = ".keep";
  private static final String REPLACED_SUFFIX = ".replaced";
  private static final String REBUILT = " rebuilt";
  private static final String REWRITTEN = " rewritten";

  private final Path generations;

  GenerationNotes(Path generations) {
    this.generations = generations;
  }

  static String digits(int number) {
    return String.format(Locale.ROOT, "%06d", number);
  }

  private Path file(int number, String suffix) {
    return generations.resolve(digits(number) + suffix);
  }

  private void write(Path file, String line) {
    DurableFile.write(file, generations, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void keep(int number, Instant until) {
    write(file(number, KEEP_SUFFIX), until.toString());
  }

  boolean isKept(int number, Instant now) throws IOException {
    try {
      return now.isBefore(Instant.parse(Files.readString(file(number, KEEP_SUFFIX)).strip()));
    } catch (NoSuchFileException | DateTimeException unlimited) {
      return false;
    }
  }

  /**
   * A generation is about to be replaced. That it was to be by another output stays said when a
   * death came before the switch, and somebody else switches to the same one.
   *
   * @param by number of the next one, 0 for a plain directory
   * @param rebuilt whether that is another output, and not the same one in other files
   */
  void replaced(int number, int by, boolean rebuilt) throws IOException {
    String line = digits(by) + REBUILT;
    if (!rebuilt && !replacement(number).equals(Optional.of(line))) {
      line = digits(by) + REWRITTEN;
    }
    write(file(number, REPLACED_SUFFIX), line);
  }

  private Optional<String> replacement(int number) throws IOException {
    try {
      return Optional.of(Files.readString(file(number, REPLACED_SUFFIX)).strip());
    } catch (NoSuchFileException unknown) {
      return Optional.empty();
    }
  }

  /** Whether another output came after it; empty when that is not known. */
  Optional<Boolean> isReplacedByAnother(int number) throws IOException {
    return replacement(number).map(line -> line.endsWith(REBUILT));
  }

  /** When it was replaced; empty when that is not known. */
  Optional<Instant> replacedAt(int number) throws IOException {
    try {
      return Optional.of(Files.getLastModifiedTime(file(number, REPLACED_SUFFIX)).toInstant());
    } catch (NoSuchFileException unknown) {
      return Optional.empty();
    }
  }

  /** Deletes the notes about a generation that is gone. */
  void delete(int number) throws IOException {
    Files.deleteIfExists(file(number, KEEP_SUFFIX));
    Files.deleteIfExists(file(number, REPLACED_SUFFIX));
  }
}
