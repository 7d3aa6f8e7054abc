// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The life of a store: one process writes it, another one looks at its live outputs and notes what
 * it sees; what no output shows, the states, the writer notes itself.
 */
final class LivedStore {
  private static final int ROWS = 32_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Path folder;
  private final Path store;
  private final Path notes;
  private final Path stateNotes;

  LivedStore(Path folder) {
    this.folder = folder;
    this.store = folder.resolve("store");
    this.notes = folder.resolve("notes");
    this.stateNotes = folder.resolve("state notes");
  }

  /** What a view showed when the event of this sequence was the newest. */
  record Noticed(String view, long sequence, String hash) {}

  /** What is to be done while the store is written. */
  interface Meanwhile {
    void run() throws Exception;
  }

  Path store() {
    return store;
  }

  /** Lets it be written. */
  List<Noticed> live(long seed, int placesPerLook, Meanwhile meanwhile) throws Exception {
    Path stop = folder.resolve("stop");
    Path looks = folder.resolve("looks");
    Process observer =
        start("observer", LiveObserver.class, store, notes, stop, seed, looks, placesPerLook);
    Process writer = start("writer", TimeTravelWriter.class, store, ROWS, seed, looks, stateNotes);
    try {
      meanwhile.run();
      await(writer, "writer");
      Files.createFile(stop);
      await(observer, "observer");
    } finally {
      writer.destroyForcibly();
      observer.destroyForcibly();
    }
    List<Noticed> noticed = new ArrayList<>(read(notes));
    noticed.addAll(read(stateNotes));
    return noticed;
  }

  private static List<Noticed> read(Path file) throws IOException {
    List<Noticed> noticed = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split(" ");
      noticed.add(new Noticed(parts[0], Long.parseLong(parts[1]), parts[2]));
    }
    return noticed;
  }

  /** Whether somebody has seen rows. */
  boolean isSeen() throws IOException {
    return Files.exists(notes) && Files.size(notes) > 0;
  }

  /** Some of what was noted of a view, in random order. */
  static List<Noticed> sample(List<Noticed> all, String view, int count, long seed) {
    List<Noticed> of = new ArrayList<>(all.stream().filter(n -> n.view().equals(view)).toList());
    Collections.shuffle(of, new Random(seed));
    return of.subList(0, Math.min(count, of.size()));
  }

  /** What was noted of a view at a sequence, null when nothing was. */
  static @Nullable String noted(List<Noticed> all, String view, long sequence) {
    return all.stream()
        .filter(one -> one.view().equals(view) && one.sequence() == sequence)
        .map(Noticed::hash)
        .findFirst()
        .orElse(null);
  }

  /** The hash of the states at any sequence: notes are taken before and after each change. */
  static @Nullable String states(List<Noticed> all, long sequence) {
    Noticed before = null;
    Noticed after = null;
    for (Noticed one : all) {
      if (!one.view().equals(TimeTravelWriter.STATES)) {
        continue;
      }
      if (one.sequence() <= sequence && (before == null || one.sequence() >= before.sequence())) {
        before = one;
      }
      if (one.sequence() >= sequence && (after == null || one.sequence() < after.sequence())) {
        after = one;
      }
    }
    boolean known = before != null && after != null && before.hash().equals(after.hash());
    return known ? before.hash() : null;
  }

  private Process start(String name, Class<?> main, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED"));
    command.addAll(List.of("--add-opens", "java.base/java.lang.reflect=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".output").toFile())
        .start();
  }

  private void await(Process process, String name) throws Exception {
    boolean ended = process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    String output = Files.readString(folder.resolve(name + ".output"));
    assertThat(ended).as("%s ended: %s", name, output).isTrue();
    assertThat(process.exitValue()).as("%s: %s", name, output).isZero();
  }
}
