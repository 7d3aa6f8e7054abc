// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.NamedTextFiles;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory {@code control/} of a store, through which other processes talk to the one that
 * runs the projections. Only the store's owner can write there.
 *
 * <pre>
 * &lt;id&gt;.request       an order, see {@link ControlRequest}; deleted when it is taken
 * &lt;id&gt;.done          its answer: it was carried out; deleted by who asked
 * &lt;id&gt;.failed        its answer: it was not, and why
 * &lt;name&gt;.paused      the projection waits, also after a restart
 * &lt;name&gt;.letters     see {@link LetterCount}
 * lock               locked by the process, and the runtime in it, that serves the orders
 * status             how all projections are, JSON, replaced at most once a second
 * </pre>
 */
final class ControlFiles {
  static final String DIRECTORY = "control";

  private static final Logger LOG = LoggerFactory.getLogger(ControlFiles.class);

  static final String REQUEST = ".request";
  static final String DONE = ".done";
  static final String FAILED = ".failed";

  private static final String PAUSED = ".paused";
  private static final String STATUS = "status";
  private static final String LOCK = "lock";
  private static final int MAX_TEXT_CHARS = 8_000;

  private final Path directory;
  private final NamedTextFiles requests;
  private final NamedTextFiles answers;
  private final NamedTextFiles pauses;

  ControlFiles(Path store) {
    directory = store.resolve(DIRECTORY);
    requests = new NamedTextFiles(directory, "ringfold-control 1", "Delete it, send again", null);
    answers = new NamedTextFiles(directory, "ringfold-answer 1", "Delete it and look", null);
    pauses = new NamedTextFiles(directory, "ringfold-paused 1", "Delete it, pause again", null);
  }

  void ensureDirectory() {
    StoreSecurity.ensureDirectory(directory);
  }

  /**
   * Takes the place of the one who serves; closing the channel gives it up.
   *
   * @throws ProjectionFailedException when it is taken
   */
  FileChannel serve(FileTime abandonedBefore) throws IOException {
    ensureDirectory();
    NamedTextFiles.sweepTemporary(directory, abandonedBefore);
    Path lock = directory.resolve(LOCK);
    if (Files.notExists(lock)) {
      StoreSecurity.createFile(lock);
    }
    FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      LOG.debug("{} is locked in this process", lock, e);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new ProjectionFailedException(
          "Another runtime runs projections over the log in "
              + directory.getParent()
              + ". Add them to that one, or close it first");
    }
    return channel;
  }

  /** Whether nobody has taken a request yet. */
  boolean isWaiting(String id) {
    return Files.exists(requests.file(id + REQUEST));
  }

  /** Ids of the requests that wait. */
  List<String> waiting() {
    return idsOf(REQUEST);
  }

  List<String> idsOf(String suffix) {
    return requests.names().stream()
        .filter(name -> name.endsWith(suffix))
        .map(name -> name.substring(0, name.length() - suffix.length()))
        .toList();
  }

  void send(String id, ControlRequest request) {
    ensureDirectory();
    requests.write(id + REQUEST, request.lines());
  }

  /** Takes a request out of the directory; null when it was withdrawn. */
  @Nullable ControlRequest take(String id) {
    List<String> lines = requests.read(id + REQUEST);
    if (lines == null || !requests.delete(id + REQUEST)) {
      return null;
    }
    return ControlRequest.parse(
        requests.value(id + REQUEST, lines, "command"),
        requests.value(id + REQUEST, lines, "projection"),
        requests.number(id + REQUEST, lines, "sequence"),
        requests.value(id + REQUEST, lines, "reason"));
  }

  /** Deletes a request or an answer; false when there was none. */
  boolean delete(String id, String suffix) {
    return requests.delete(id + suffix);
  }

  void answer(String id, String suffix, String text) {
    String line = text.replace('\n', ' ').replace('\r', ' ');
    String cut = line.substring(0, Math.min(line.length(), MAX_TEXT_CHARS));
    answers.write(id + suffix, List.of("text " + cut));
  }

  /** The text of an answer; null when there is none yet. */
  @Nullable String answer(String id, String suffix) {
    List<String> lines = answers.read(id + suffix);
    return lines == null ? null : answers.value(id + suffix, lines, "text");
  }

  boolean isPaused(String projection) {
    // A damaged file is one that somebody wrote to pause it.
    return Files.exists(pauses.file(projection + PAUSED));
  }

  void paused(String projection, boolean paused) {
    if (paused) {
      ensureDirectory();
      pauses.write(projection + PAUSED, List.of("projection " + projection));
    } else {
      pauses.delete(projection + PAUSED);
    }
  }

  /** Replaces the status; not forced, since after a power loss it is old in any case. */
  void status(String json) throws IOException {
    Path temporary = directory.resolve(STATUS + ".tmp");
    Files.deleteIfExists(temporary);
    StoreSecurity.createFile(temporary);
    Files.writeString(temporary, json, StandardCharsets.UTF_8);
    Files.move(
        temporary,
        directory.resolve(STATUS),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  static Path statusFile(Path store) {
    return store.resolve(DIRECTORY).resolve(STATUS);
  }

  static String text(Throwable cause) {
    String message = cause.getMessage();
    return cause instanceof RingfoldException && message != null ? message : cause.toString();
  }

  /** One object per projection, on lines of their own. */
  static String json(List<ProjectionStatus> all) {
    StringBuilder json = new StringBuilder("  \"projections\": [");
    String separator = "\n";
    for (ProjectionStatus status : all) {
      json.append(separator)
          .append("    {\"name\": ")
          .append(quoted(status.name()))
          .append(", \"version\": ")
          .append(status.version())
          .append(", \"state\": ")
          .append(quoted(status.state().name()))
          .append(", \"appliedSequence\": ")
          .append(status.appliedSequence())
          .append(", \"committedSequence\": ")
          .append(status.committedSequence())
          .append(", \"lagEvents\": ")
          .append(status.lagEvents())
          .append(", \"lagSeconds\": ")
          .append(String.format(Locale.ROOT, "%.3f", status.lagSeconds()))
          .append(", \"deadLetters\": ")
          .append(status.deadLetters())
          .append(", \"failure\": ")
          .append(quoted(status.failure()))
          .append('}');
      separator = ",\n";
    }
    return json.append("\n  ]\n").toString();
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
