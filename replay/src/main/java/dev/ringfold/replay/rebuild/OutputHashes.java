// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.projections.OutputFile;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The finished files of an output with their hashes. Stateless. */
final class OutputHashes {
  private static final int BUFFER_BYTES = 1 << 18;

  /** How often files are listed again because a live projection replaced some meanwhile. */
  private static final int MAX_ATTEMPTS = 5;

  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final String OWN_PREFIX = "_tmp";

  private OutputHashes() {}

  /**
   * A file.
   *
   * @param sha256 of its bytes
   * @param content what stands for it when bytes may differ, or empty
   * @param bytes how many
   */
  record Hashed(String sha256, String content, long bytes) {}

  /**
   * The files of an output at a commit, by name.
   *
   * @param names what it has in the outputs when it does not say so itself
   */
  static Map<String, Hashed> of(
      Projection projection, Position position, ProjectionContext context, Set<String> names)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Optional<List<OutputFile>> said = projection.finishedFiles(position, context);
        return said.isPresent() ? hash(said.get()) : all(context, names);
      } catch (NoSuchFileException replaced) {
        if (attempt == MAX_ATTEMPTS) {
          throw replaced;
        }
      }
    }
  }

  private static Map<String, Hashed> hash(List<OutputFile> files) throws IOException {
    Map<String, Hashed> hashes = new TreeMap<>();
    for (OutputFile file : files) {
      hashes.put(file.name(), hash(file.file(), file.contentHash()));
    }
    return hashes;
  }

  private static Hashed hash(Path file, String content) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
        bytes += count;
      }
    }
    return new Hashed(HexFormat.of().formatHex(digest.digest()), content, bytes);
  }

  /** Every file, except temporary ones. */
  private static Map<String, Hashed> all(ProjectionContext context, Set<String> names)
      throws IOException {
    Map<String, Hashed> hashes = new TreeMap<>();
    for (String name : names) {
      Path root = context.output(name);
      if (Files.notExists(root)) {
        continue;
      }
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes unused) {
              return String.valueOf(folder.getFileName()).equals(OWN_PREFIX)
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
                throws IOException {
              String path = name + "/" + root.relativize(file).toString().replace('\\', '/');
              if (!path.endsWith(TEMPORARY_SUFFIX)) {
                hashes.put(path, hash(file, ""));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return hashes;
  }

  /** One hash of all files: their names and, where there is one, their contents' hash. */
  static String total(Map<String, Hashed> files) {
    MessageDigest digest = sha256();
    files.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
        .forEach(
            each -> {
              Hashed file = each.getValue();
              String of = file.content().isEmpty() ? file.sha256() : file.content();
              String line = each.getKey() + '\0' + of + '\n';
              digest.update(line.getBytes(StandardCharsets.UTF_8));
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
