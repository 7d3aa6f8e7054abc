// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One damaged file: a flipped bit, a lost sector or page, a cut or a longer end. Each type of file
 * comes as often as any other. Immutable; follows from its seed.
 *
 * @param file relative to the store
 * @param what was done, for people
 * @param bytes the damaged content
 */
record Damage(Path file, String what, byte[] bytes) {
  private static final int FLIP_PERCENT = 60;
  private static final int ZERO_PERCENT = 75;
  private static final int TRUNCATE_PERCENT = 95;
  private static final int MAX_GARBAGE_BYTES = 8_192;

  /** Chooses a file of the store and damages a copy of its content. */
  static Damage of(Path store, SplittableRandom random) {
    List<List<Path>> types = new ArrayList<>(byType(store).values());
    List<Path> type = types.get(random.nextInt(types.size()));
    Path file = type.get(random.nextInt(type.size()));
    try {
      return damage(store.relativize(file), Files.readAllBytes(file), random);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** Non-empty files of the store by what they are. */
  private static Map<String, List<Path>> byType(Path store) {
    Map<String, List<Path>> types = new TreeMap<>();
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0) {
          types.computeIfAbsent(typeOf(store.relativize(file)), t -> new ArrayList<>()).add(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + store, e);
    }
    return types;
  }

  /** The type of a file: its directory for blobs and positions, else its name. */
  static String typeOf(Path relative) {
    String name = String.valueOf(relative.getFileName());
    Path directory = relative.getParent();
    if (directory == null || directory.startsWith("journal")) {
      return name;
    }
    boolean pack = directory.endsWith("packs");
    return pack ? "blobs/packs" : String.valueOf(directory.getName(0));
  }

  private static Damage damage(Path file, byte[] bytes, SplittableRandom random) {
    int used = used(bytes);
    int kind = random.nextInt(100);
    if (kind < FLIP_PERCENT) {
      int at = random.nextInt(used);
      int bit = random.nextInt(8);
      bytes[at] ^= (byte) (1 << bit);
      return new Damage(file, "bit " + bit + " of byte " + at + " flipped", bytes);
    }
    if (kind < ZERO_PERCENT) {
      int unit = random.nextBoolean() ? FileImage.SECTOR : FileImage.PAGE;
      int at = random.nextInt(used) / unit * unit;
      Arrays.fill(bytes, at, Math.min(bytes.length, at + unit), (byte) 0);
      return new Damage(file, unit + " bytes at " + at + " zeroed", bytes);
    }
    if (kind < TRUNCATE_PERCENT) {
      int length = random.nextInt(used);
      int border = random.nextBoolean() ? length : length / FileImage.PAGE * FileImage.PAGE;
      return new Damage(
          file,
          "cut from " + bytes.length + " to " + border + " bytes",
          Arrays.copyOf(bytes, border));
    }
    int longerLength = bytes.length + 1 + random.nextInt(MAX_GARBAGE_BYTES);
    byte[] longer = Arrays.copyOf(bytes, longerLength);
    for (int i = bytes.length; i < longer.length; i++) {
      longer[i] = (byte) random.nextInt(256);
    }
    return new Damage(file, (longer.length - bytes.length) + " bytes of garbage behind it", longer);
  }

  /** Where the zeros of a preallocated file begin, so that damage hits what counts. */
  private static int used(byte[] bytes) {
    int used = bytes.length;
    while (used > 1 && bytes[used - 1] == 0) {
      used--;
    }
    return used;
  }

  /** Puts the damaged content into a copy of the store. */
  void applyTo(Path store) {
    Path target = store.resolve(file);
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(target);
      Files.delete(target);
      Files.write(target, bytes);
      Files.setPosixFilePermissions(target, permissions);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot damage " + target, e);
    }
  }
}
