// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.StateProjection;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.at.PastProjection;
import dev.ringfold.replay.at.StoreView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code at --projection} shows: the output of a projection as it was.
 *
 * @param view the store as it was
 * @param end newest sequence there is now
 * @param projection its name
 * @param version of what it writes
 * @param foldedFrom sequence of the snapshot it was folded from, -1 for none
 * @param refused events that it refused
 * @param text what its state says of itself; empty for none
 * @param files by name
 * @param kept where they stay; null when they do not
 * @param hash of all of it; empty when it was not asked for
 */
record PastOutput(
    StoreView view,
    long end,
    String projection,
    int version,
    long foldedFrom,
    long refused,
    String text,
    List<OutputBytes> files,
    @Nullable Path kept,
    String hash) {
  /** Files that are shown as text. */
  static final int MAX_SHOWN = 100;

  private static final String STATE_SUFFIX = ".state";
  private static final List<String> HEADINGS = List.of("file", "bytes");

  /**
   * A file, or a state.
   *
   * @param name below the directory of the output, with {@code /}
   * @param bytes how many
   */
  record OutputBytes(String name, long bytes) {}

  /**
   * Folds.
   *
   * @param made not open
   * @param kept where the output stays; null for nowhere
   */
  static PastOutput of(StoreView view, Projection made, @Nullable Path kept, boolean hashed)
      throws IOException {
    try (PastProjection<Projection> past =
        kept == null ? view.projection(made) : view.projection(made, kept)) {
      Path outputs = past.outputs();
      String hash = hashed ? past.hash() : "";
      List<OutputBytes> files = new ArrayList<>();
      if (made instanceof StateProjection state) {
        files.add(state(state, kept));
      }
      files.addAll(files(outputs, made.name() + STATE_SUFFIX));
      return new PastOutput(
          view,
          LogEnd.of(view.log()).lastSequence(),
          made.name(),
          made.version(),
          past.foldedFrom(),
          past.refused(),
          text(made),
          files,
          kept,
          hash);
    }
  }

  private static OutputBytes state(StateProjection state, @Nullable Path kept) throws IOException {
    byte[] bytes = PastProjection.bytes(state);
    String name = state.name() + STATE_SUFFIX;
    if (kept != null) {
      Files.write(kept.resolve(name), bytes);
    }
    return new OutputBytes(name, bytes.length);
  }

  private static List<OutputBytes> files(Path root, String state) throws IOException {
    List<Path> found;
    try (Stream<Path> all = Files.walk(root)) {
      found = all.filter(Files::isRegularFile).sorted().toList();
    }
    List<OutputBytes> files = new ArrayList<>();
    for (Path file : found) {
      String name = root.relativize(file).toString().replace('\\', '/');
      if (!name.equals(state)) {
        files.add(new OutputBytes(name, Files.size(file)));
      }
    }
    return files;
  }

  /** What it says of itself, unless that is only what every object says. */
  private static String text(Projection made) {
    try {
      boolean own = made.getClass().getMethod("toString").getDeclaringClass() != Object.class;
      return own ? made.toString() : "";
    } catch (NoSuchMethodException e) {
      throw new AssertionError("every class has toString", e);
    }
  }

  private long bytes() {
    return files.stream().mapToLong(OutputBytes::bytes).sum();
  }

  ObjectNode toJson() {
    ObjectNode root = AtReport.head(view, end);
    root.put("projection", projection);
    root.put("version", version);
    root.put("foldedFrom", foldedFrom);
    root.put("refused", refused);
    if (!text.isEmpty()) {
      root.put("state", text);
    }
    if (!hash.isEmpty()) {
      root.put("hash", hash);
    }
    root.put("out", kept == null ? "" : kept.toString());
    root.put("bytes", bytes());
    ArrayNode all = root.putArray("files");
    files.forEach(file -> all.addObject().put("file", file.name()).put("bytes", file.bytes()));
    return root;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("store       " + view.log().directory());
    lines.add("projection  " + projection + ", version " + version);
    lines.add("sequence    " + view.sequence() + " of " + end);
    lines.add("time        " + view.time().map(Object::toString).orElse("before the first event"));
    lines.add(
        "folded      from "
            + (foldedFrom < 0 ? "the first event" : "the snapshot at " + foldedFrom));
    if (refused > 0) {
      lines.add("refused     " + refused + " events, which are not in it");
    }
    if (!text.isEmpty()) {
      lines.add("state       " + Quantities.printable(text));
    }
    if (!hash.isEmpty()) {
      lines.add("hash        " + hash);
    }
    lines.add("");
    lines.addAll(
        TextTable.lines(
            HEADINGS,
            files.stream()
                .limit(MAX_SHOWN)
                .map(file -> List.of(Quantities.printable(file.name()), "" + file.bytes()))
                .toList(),
            1));
    if (files.size() > MAX_SHOWN) {
      lines.add("and " + (files.size() - MAX_SHOWN) + " more; --json lists all of them");
    }
    lines.add(
        (files.size() == 1 ? "1 file, " : files.size() + " files, ")
            + Quantities.bytes(bytes())
            + (kept == null ? "; --out DIR keeps them" : ", in " + kept));
    return lines;
  }
}
